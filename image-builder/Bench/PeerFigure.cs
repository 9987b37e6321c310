namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// What peers cost for one operation of the yardstick, in instructions: QEMU 10.0.2, cortex-a57, 2-vCPU guest, median of
/// a warm run. Xen 4.17.5 dom0less with the null scheduler, Bao 738e3dc, KVM nVHE of Debian's kernel. Null: no figure.
/// </summary>
public sealed record PeerFigure(string Operation, int? Bare, int? Bao, int? Xen, int? Kvm, int? Aim)
{
    public static readonly IReadOnlyList<PeerFigure> All =
    [
        new("hvc_psci_version", 7, 195, 477, 1551, 100),
        new("hvc_vendor_0xC6000001_badarg", 7, 153, 1653, 1487, 100),
        new("sysreg_id_aa64pfr0", 3, 3, 433, 1909, null),
        new("mmio_rd_GICD_TYPER", 5, 229, 614, 2330, 120),
        new("mmio_rd_GICD_ISENABLER1", 5, 1294, 691, 4632, 350),
        new("mmio_wr_GICD_ISENABLER1_0", 5, 3567, 755, 2342, 380),
        new("mmio_rd_GICR_TYPER", 5, 273, 616, 2365, 140),
        new("mmio_rd_UART_FR", 5, 5, 638, 6484, 140),
        new("sgi_self_to_entry", 4, 803, 1100, 3042, 400),
        new("vtimer_spin_to_entry", 3, 202, 1086, 2913, 100),
        new("vtimer_wfi_to_entry", 4, 203, 1087, 2406, 100),
        new("ipi_wfi_to_vcpu1_entry", 12, 811, 1809, 4443, 400),
        new("ipi_yield_roundtrip", 117, 1715, 3566, 11329, 860),
        new("ipi_wfi_roundtrip", 118, 1716, 3567, 11520, 860),
    ];
}

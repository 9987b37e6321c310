namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What the peers cost on one architecture, measured with the yardstick on the same emulator: median of a warm run.</summary>
public sealed record PeerTable(IReadOnlyList<string> Peers, IReadOnlyList<PeerFigure> Rows)
{
    /// <summary>QEMU 10.0.2, cortex-a57, 2-vCPU guest. Bao 738e3dc, Xen 4.17.5 dom0less with the null scheduler, KVM nVHE of Debian's kernel.</summary>
    public static readonly PeerTable Arm64 = new(["Bao", "Xen null", "KVM"],
    [
        new("hvc_psci_version", 7, 100, 195, 477, 1551),
        new("hvc_vendor_0xC6000001_badarg", 7, 100, 153, 1653, 1487),
        new("sysreg_id_aa64pfr0", 3, null, 3, 433, 1909),
        new("mmio_rd_GICD_TYPER", 5, 120, 229, 614, 2330),
        new("mmio_rd_GICD_ISENABLER1", 5, 350, 1294, 691, 4632),
        new("mmio_wr_GICD_ISENABLER1_0", 5, 380, 3567, 755, 2342),
        new("mmio_rd_GICR_TYPER", 5, 140, 273, 616, 2365),
        new("mmio_rd_UART_FR", 5, 140, 5, 638, 6484),
        new("sgi_self_to_entry", 4, 400, 803, 1100, 3042),
        new("vtimer_spin_to_entry", 3, 100, 202, 1086, 2913),
        new("vtimer_wfi_to_entry", 4, 100, 203, 1087, 2406),
        new("ipi_wfi_to_vcpu1_entry", 12, 400, 811, 1809, 4443),
        new("ipi_yield_roundtrip", 117, 860, 1715, 3566, 11329),
        new("ipi_wfi_roundtrip", 118, 860, 1716, 3567, 11520),
    ]);

    /// <summary>
    /// QEMU 10.0.2 TCG, AMD-V, -cpu max, 2-vCPU guest. KVM of Debian 6.1, Xen 4.20 with the null scheduler; "next RIP":
    /// what each costs where it need not decode because the CPU says how long the instruction was.
    /// </summary>
    public static readonly PeerTable Pc = new(["KVM", "KVM, next RIP", "Xen null", "Xen null, next RIP"],
    [
        new("cpuid_0", 6, 120, 2874, 1308, 5111, 816),
        new("hypercall_unknown", 26, 90, 3116, 1550, 5192, 746),
        new("rdmsr_apic_base", 9, 150, 2945, 1379, 5027, 735),
        new("rdmsr_unknown", 9, 200, 1704, 1704, 5154, 862),
        new("in_uart_lsr_3fd", 6, 140, 3692, 3692, 1293, 1293),
        new("in_unassigned_2e0", 6, null, 3693, 3693, 1293, 1293),
        new("xapic_rd_id", 5, 400, 3755, 3755, 13724, 13724),
        new("x2apic_rd_id", 9, 150, 3051, 1485, 5049, 757),
        new("mmio_rd_ioapic_ver", 5, 500, 3881, 3881, null, null),
        new("mmio_rd_unassigned", 5, 500, 6043, 6043, 14342, 14342),
        new("x2apic_selfipi83f_to_entry", 13, 300, 4346, 2780, 5711, 1419),
        new("x2apic_selfipi83f_to_eoi", 45, 700, 7857, 4725, 10948, 2364),
        new("oneshot_spin_to_entry", 12, 300, 3923, null, 7228, 2936),
        new("oneshot_hlt_to_entry", 12, 300, 4220, null, 8487, 4195),
        new("ipi_pause_to_vcpu1_entry", 24, 450, 5725, null, 8114, 3825),
        new("ipi_hlt_to_vcpu1_entry", 24, 450, 8349, null, 14556, 6057),
        new("ipi_pause_roundtrip", 158, 900, 21082, null, 32117, 10745),
        new("ipi_hlt_roundtrip", 158, 900, 24141, null, 39628, 14049),
    ]);
}

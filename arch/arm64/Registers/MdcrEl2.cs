namespace Bulkhead.Arm64.Registers;

/// <summary>
/// MDCR_EL2 (DDI 0487 D24.2, docs/decisions/0003-debug-registers.md). TDE, TDA and TDOSA are 0: breakpoints, watchpoints and the OS
/// lock are the guest's. E2PB and E2TB are 0: profiling and trace buffers are EL2's, and their registers trap.
/// </summary>
public readonly struct MdcrEl2(ulong value)
{
    /// <summary>HPMN: counters below it are EL1's; a value other than the reset's number of counters is a range that traps do not cover.</summary>
    private const ulong Hpmn = 0x1f;
    /// <summary>FEAT_PMUv3: its counters would show what the hypervisor and the neighbours do.</summary>
    private const ulong Tpmcr = 1ul << 5, Tpm = 1ul << 6;
    /// <summary>MDRAR_EL1: where the board's debug components are.</summary>
    private const ulong Tdra = 1ul << 11;
    /// <summary>FEAT_SPE.</summary>
    private const ulong Tpms = 1ul << 14;
    /// <summary>FEAT_TRF.</summary>
    private const ulong Ttrf = 1ul << 19;

    public readonly ulong Value = value;

    public static MdcrEl2 For(CpuFeatures features, MdcrEl2 reset) => new(
        reset.Value & Hpmn | Tdra
        | features.If(CpuFeature.PmuV3, Tpmcr | Tpm)
        | features.If(CpuFeature.Spe, Tpms)
        | features.If(CpuFeature.Trf, Ttrf));
}

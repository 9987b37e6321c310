namespace Bulkhead.Arm64.Registers;

/// <summary>
/// HCRX_EL2, where FEAT_HCX is (DDI 0487 D24.2). Its enables are 0: what they would enable (64-byte accesses, memory
/// copy and set, TCR2, SCTLR2, 128-bit tables, guarded control stacks, FPMR) is hidden, and so are features younger
/// than this table.
/// </summary>
public readonly struct HcrxEl2(ulong value)
{
    /// <summary>FEAT_NMI, which is hidden: writes of ALLINT.</summary>
    private const ulong Tallint = 1ul << 6;

    public readonly ulong Value = value;

    public static HcrxEl2 For(CpuFeatures features) => new(features.If(CpuFeature.Nmi, Tallint));
}

namespace Bulkhead.Arm64.Registers;

/// <summary>
/// CNTHCTL_EL2 with HCR_EL2.E2H = 0 (DDI 0487 D24.2). EL1PCEN is 0: the physical timer is emulated. EVNTEN is 0, and so
/// is all of FEAT_ECV: the virtual timer and counter are the guest's own, with CNTVOFF_EL2.
/// </summary>
public readonly struct CnthctlEl2(ulong value)
{
    /// <summary>The physical counter is readable.</summary>
    private const ulong El1Pcten = 1ul << 0;

    public readonly ulong Value = value;

    public static CnthctlEl2 Guest => new(El1Pcten);
}

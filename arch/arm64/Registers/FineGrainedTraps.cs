namespace Bulkhead.Arm64.Registers;

/// <summary>
/// FEAT_FGT's and FEAT_FGT2's registers: HFGRTR, HFGWTR, HFGITR, HDFGRTR, HDFGWTR and their seconds (DDI 0487 D24.2). A bit whose
/// name begins with n traps when it is 0, so zero traps registers younger than this table; the others trap when 1, which
/// is needed only where no coarser control does. HAFGRTR_EL2 needs nothing: CPTR_EL2.TAM comes first.
/// </summary>
public static class FineGrainedTraps
{
    private const ulong DbgprcrEl1 = 1ul << 7;
    private const ulong OseccrEl1 = 1ul << 10;

    /// <summary>
    /// HDFGRTR_EL2 and HDFGWTR_EL2. Through OSECCR_EL1 a guest could have EL2's exceptions caught by an external
    /// debugger (H9.2, EDECCR); through DBGPRCR_EL1 it could ask for its CPU's power to stay on.
    /// </summary>
    public const ulong Debug = DbgprcrEl1 | OseccrEl1;
}

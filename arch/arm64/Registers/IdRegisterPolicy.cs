namespace Bulkhead.Arm64.Registers;

/// <summary>
/// What a guest reads in the ID registers (HCR_EL2.TID3; DDI 0487 D24.2). A field is kept, or it is hidden because what
/// it announces is trapped or not the guest's. Registers that are not listed read as zero, which is what the reserved
/// ones are (D22.3.1) and what hides features younger than this table.
/// </summary>
public static class IdRegisterPolicy
{
    // (CRm - 1) * 8 + op2 of op0 3, op1 0, CRn 0.
    private const int Pfr0 = 24, Pfr1 = 25, Zfr0 = 28, Smfr0 = 29, Dfr0 = 32, Isar0 = 40, Isar1 = 41, Isar2 = 42;
    public const int Mmfr2 = 50;
    private const int Mmfr0 = 48, Mmfr1 = 49;
    private const int FirstAArch64 = 24;

    public static ulong GuestValue(int index, ulong hardware)
    {
        // AArch32's (CRm 1 to 3): what EL0 may use is the hardware's own.
        if (index < FirstAArch64)
            return hardware;
        switch (index)
        {
            case Pfr0:
                return Value0(hardware);
            case Pfr1:
                // Kept: BT, SSBS. Hidden: MTE (HCR_EL2.ATA is 0), RAS_frac, MPAM_frac, SME, RNDR_trap, NMI, and
                // CSV2_frac as CSV2 is.
                return hardware & (Field(0) | Field(4));
            case Zfr0:
            case Smfr0:
                return 0;                   // no SVE, no SME: CPTR_EL2 traps both
            case Dfr0:
                // Kept: DebugVer, BRPs, WRPs, CTX_CMPs, DoubleLock: the pinned vCPU's own (docs/decisions/0003).
                // Hidden: TraceVer, PMUVer, PMSVer, TraceFilt, TraceBuffer, MTPMU, BRBE.
                return DebugVersion(hardware) | hardware & (Field(12) | Field(20) | Field(28) | Field(36));
            case Isar0:
                // Hidden: TME, and RNDR would be fine but TCG's and some CPUs' trap; kept otherwise.
                return hardware & ~Field(24);
            case Isar1:
                // Hidden: LS64 (its accesses have no syndrome to emulate), XS.
                return hardware & ~(Field(60) | Field(56));
            case Isar2:
                // Kept: WFxT, RPRES, GPA3, APA3, BC, PAC_frac. Hidden: MOPS, which EL2 would have to enable.
                return hardware & (Field(0) | Field(4) | Field(8) | Field(12) | Field(20) | Field(24));
            case Mmfr0:
                // Hidden: ECV, FGT (EL2's), ExS.
                return hardware & ~(Field(60) | Field(56) | Field(44));
            case Mmfr1:
                // Hidden: VH and HCX (EL2's), LO (HCR_EL2.TLOR traps it), SpecSEI, TWED.
                return hardware & ~(Field(8) | Field(16) | Field(24) | Field(32) | Field(40));
            case Mmfr2:
                // Hidden: NV, FWB, EVT, BBM, TTL (EL2's business). IDS is kept: it says how the CPU itself refuses.
                return hardware & ~(Field(24) | Field(40) | Field(56) | Field(52));
            default:
                return 0;
        }
    }

    /// <summary>FEAT_IDST, by ID_AA64MMFR2_EL1: what is not there in the feature ID space is refused with its syndrome.</summary>
    public static bool TellsWhatIsMissing(ulong mmfr2) => (mmfr2 & Field(36)) != 0;

    // Kept: EL0 as the hardware has it, FP, AdvSIMD, GIC, DIT, CSV3. EL1 is AArch64 only, EL2 and EL3 do not exist for
    // a guest. CSV2 is at most 1, which has no SCXTNUM registers (HCR_EL2.EnSCXT). Hidden: RAS (HCR_EL2.TERR), SVE,
    // SEL2, MPAM (MPAM2_EL2 traps from reset on), AMU, RME.
    private static ulong Value0(ulong hardware) =>
        hardware & (Field(0) | Field(16) | Field(20) | Field(24) | Field(48) | Field(60)) | 1ul << 4
        | ((hardware & Field(56)) != 0 ? 1ul << 56 : 0);

    // DebugVer 6 is Armv8.0's; later versions add what is hidden or trapped here.
    private static ulong DebugVersion(ulong hardware) => (hardware & 15) > 8 ? 8 : hardware & 15;

    private static ulong Field(int lowestBit) => 15ul << lowestBit;
}

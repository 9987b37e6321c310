namespace Bulkhead.Arm64.El2;

/// <summary>What this CPU's guest may do by itself, and what comes to EL2 (Registers/GuestTraps.cs has the reasons).</summary>
internal static class GuestTrapRegisters
{
    public static void Load()
    {
        // VM, PTW, FMO, IMO, AMO, TID3, TSC, TIDCP, TACR, TSW, RW, TLOR, TERR, APK, API  (DDI 0487 D24.2.61)
        const ulong Hcr = 1ul << 0 | 1ul << 1 | 1ul << 2 | 1ul << 3 | 1ul << 4 | 1ul << 5 | 1ul << 18 | 1ul << 19 | 1ul << 20
            | 1ul << 21 | 1ul << 22 | 1ul << 31 | 1ul << 35 | 1ul << 36 | 1ul << 40 | 1ul << 41;
        SystemRegister.WriteHcr(Hcr);
        SystemRegister.WriteCptr(0x33ff | 1ul << 20 | 1ul << 30);
        SystemRegister.WriteMdcr(SystemRegister.ReadMdcr() & 0x1f | 1ul << 5 | 1ul << 6 | 1ul << 11 | 1ul << 14 | 1ul << 19);
        SystemRegister.WriteHstr(0);
        SystemRegister.WriteCnthctl(1);     // EL1PCTEN: the counter is readable; CNTP is trapped
        Instruction.Isb();
    }
}

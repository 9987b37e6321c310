using Bulkhead.Arm64.Registers;

namespace Bulkhead.Arm64.El2;

/// <summary>Loads what Registers/GuestTraps.cs decides for this CPU.</summary>
internal static class GuestTrapRegisters
{
    // (CRm - 1) * 8 + op2 of op0 3, op1 0, CRn 0.
    private const int Pfr0 = 24, Pfr1 = 25, Dfr0 = 32, Isar1 = 41, Isar2 = 42, Mmfr0 = 48, Mmfr1 = 49;

    public static void Load()
    {
        CpuFeatures features = new(
            SystemRegister.ReadIdRegister(Pfr0), SystemRegister.ReadIdRegister(Pfr1), SystemRegister.ReadIdRegister(Dfr0),
            SystemRegister.ReadIdRegister(Isar1), SystemRegister.ReadIdRegister(Isar2),
            SystemRegister.ReadIdRegister(Mmfr0), SystemRegister.ReadIdRegister(Mmfr1));
        GuestTraps traps = GuestTraps.For(features, new MdcrEl2(SystemRegister.ReadMdcr()));
        SystemRegister.WriteHcr(traps.Hcr.Value);
        SystemRegister.WriteCptr(traps.Cptr.Value);
        SystemRegister.WriteMdcr(traps.Mdcr.Value);
        // AArch32 below AArch32 EL1 only, which does not exist here.
        SystemRegister.WriteHstr(0);
        SystemRegister.WriteCnthctl(traps.Cnthctl.Value);
        if (features.Has(CpuFeature.Hcx))
            SystemRegister.WriteHcrx(traps.Hcrx.Value);
        if (features.Has(CpuFeature.Fgt))
            SystemRegister.WriteFineGrainedTraps(FineGrainedTraps.Debug);
        if (features.Has(CpuFeature.Fgt2))
            SystemRegister.ClearFineGrainedTraps2();
        Instruction.Isb();
    }
}

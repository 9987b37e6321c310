namespace Bulkhead.Guests.Probe;

/// <summary>What a guest is not given is UNDEFINED and absent from its ID registers.</summary>
internal static class Undefined
{
    public static void Run()
    {
        bool bulkhead = Hypervisor.IsPresent;
        ReadEveryIdRegister();

        FaultTrap.Arm();
        Instructions.TryHcr();
        Check.Equal("EL2 register undefined"u8, 1, FaultTrap.Disarm());

        if (bulkhead)
            WhatBulkheadHides();
        else
            Check.Skip("SVE, SME, PMU, SPE, SMC"u8);
        if (Check.Passed)
            Console.WriteLine("probe: undef ok"u8);
    }

    private static void WhatBulkheadHides()
    {
        Check.Equal("ID_AA64PFR0_EL1.SVE"u8, 0, Field(Instructions.IdAa64Pfr0, 32));
        Check.Equal("ID_AA64PFR0_EL1.EL2"u8, 0, Field(Instructions.IdAa64Pfr0, 8));
        Check.Equal("ID_AA64PFR1_EL1.SME"u8, 0, Field(Instructions.IdAa64Pfr1, 24));
        Check.Equal("ID_AA64DFR0_EL1.PMUVer"u8, 0, Field(Instructions.IdAa64Dfr0, 8));
        Check.Equal("ID_AA64DFR0_EL1.PMSVer"u8, 0, Field(Instructions.IdAa64Dfr0, 32));

        FaultTrap.Arm();
        Instructions.TryRdvl();
        JudgeUndefined("SVE undefined"u8);
        FaultTrap.Arm();
        Instructions.TryRdsvl();
        JudgeUndefined("SME undefined"u8);
        FaultTrap.Arm();
        Instructions.TryPmcr();
        JudgeUndefined("PMU undefined"u8);
        FaultTrap.Arm();
        Instructions.TryPmsidr();
        JudgeUndefined("SPE undefined"u8);

        FaultTrap.Arm();
        ulong version = Hypervisor.Smc(Psci.Version, 0, 0, 0);
        Check.Equal("SMC taken"u8, 0, FaultTrap.Disarm());
        Check.Equal("SMC answered as HVC"u8, Psci.Call(Psci.Version), version);
        Check.Equal("unknown SMC"u8, Hypervisor.NotSupported, Hypervisor.Smc(0xc200_0055, 0, 0, 0));
    }

    // The whole ID space reads, reserved places as zero (D22.3.1).
    private static void ReadEveryIdRegister()
    {
        FaultTrap.Arm();
        for (int i = 0; i < Instructions.IdRegisters; i++)
            Instructions.ReadIdRegister((ulong)i);
        Check.Equal("ID registers readable"u8, 0, FaultTrap.Disarm());
    }

    private static ulong Field(int register, int shift) => Instructions.ReadIdRegister((ulong)register) >> shift & 15;

    private static void JudgeUndefined(System.ReadOnlySpan<byte> what)
    {
        uint taken = FaultTrap.Disarm();
        Check.That(what, taken == 1 && FaultTrap.LastClass == 0);
    }
}

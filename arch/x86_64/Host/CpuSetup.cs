namespace Bulkhead.X86.Host;

/// <summary>What every CPU does for itself before it serves anything.</summary>
internal static class CpuSetup
{
    private const ulong Cr4Smep = 1 << 20, Cr4Smap = 1 << 21;
    private const uint MsrPat = 0x277;
    /// <summary>The power-on value (SDM 3 12.12.4), which X86.Memory's leaves go by.</summary>
    private const ulong Pat = 0x0007_0406_0007_0406;

    /// <summary>By the boot CPU, for each: guard pages below the four stacks.</summary>
    public static void Prepare(int cpu)
    {
        ulong block = CpuBlocks.StartOf(cpu);
        HostMap.UnmapGuardPage(block);
        HostMap.UnmapGuardPage(block + HypervisorLayout.CpuTablesOffset + 0x1000);
        HostMap.UnmapGuardPage(block + HypervisorLayout.NmiStackTop);
        HostMap.UnmapGuardPage(block + HypervisorLayout.MachineCheckStackTop);
    }

    /// <summary>Registers that only matter once, on the CPU itself: no supervisor access or fetch through a user's page.</summary>
    public static void LoadRegisters()
    {
        ulong cr4 = Register.ReadCr4();
        if (CpuFeatures.HasSmep)
            cr4 |= Cr4Smep;
        if (CpuFeatures.HasSmap)
            cr4 |= Cr4Smap;
        Register.WriteCr4(cr4);
        LoadPat();
    }

    public static void LoadPat() => Register.WriteMsr(MsrPat, Pat);
}

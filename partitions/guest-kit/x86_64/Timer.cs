namespace Bulkhead.Guests;

/// <summary>The time stamp counter and what it counts in a second.</summary>
internal static class Timer
{
    private const uint CrystalLeaf = 0x15, FrequencyLeaf = 0x16;
    private const ulong Assumed = 1_000_000_000;

    public static ulong Now => Cpu.ReadTsc();

    /// <summary>Hz, as CPUID says (SDM vol 3, 19.7.3); 1 GHz where it says nothing, which is QEMU's icount.</summary>
    public static ulong Frequency
    {
        get
        {
            uint last = Cpu.Cpuid(0).Eax;
            if (last >= CrystalLeaf)
            {
                CpuidRegisters crystal = Cpu.Cpuid(CrystalLeaf);
                if (crystal.Eax != 0 && crystal.Ecx != 0)
                    return (ulong)crystal.Ecx * crystal.Ebx / crystal.Eax;
            }
            uint megahertz = last >= FrequencyLeaf ? Cpu.Cpuid(FrequencyLeaf).Eax & 0xffff : 0;
            return megahertz != 0 ? megahertz * 1_000_000ul : Assumed;
        }
    }
}

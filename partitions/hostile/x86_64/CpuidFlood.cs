namespace Bulkhead.Guests.Hostile;

/// <summary>CPUID of every leaf and subleaf: the same answer each time, no nesting, and the hypervisor shows itself.</summary>
internal static class CpuidFlood
{
    private const uint MonitorBit = 1 << 3, VmxBit = 1 << 5, SmxBit = 1 << 6, HypervisorBit = 1u << 31, SvmBit = 1 << 2;

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            ulong any = random.Next();
            uint leaf = (any & 3) switch
            {
                0 => (uint)(any >> 8) & 0x3f,
                1 => 0x8000_0000 | (uint)(any >> 8) & 0x3f,
                2 => 0x4000_0000 | (uint)(any >> 8) & 0x3ff,
                _ => (uint)random.Edgy(),
            };
            uint subleaf = random.OneIn(2) ? random.Below(8) : (uint)random.Edgy();
            CpuidRegisters first = Cpu.Cpuid(leaf, subleaf), second = Cpu.Cpuid(leaf, subleaf);
            Score.Check(first.Eax == second.Eax && first.Ebx == second.Ebx && first.Ecx == second.Ecx && first.Edx == second.Edx, "two answers"u8, leaf, subleaf);
            if (leaf == 1)
                Score.Check((first.Ecx & (MonitorBit | VmxBit | SmxBit)) == 0 && (first.Ecx & HypervisorBit) != 0, "leaf 1"u8, leaf, first.Ecx);
            if (leaf == 0x8000_0001)
                Score.Check((first.Ecx & SvmBit) == 0, "SVM"u8, leaf, first.Ecx);
            Score.Add(1);
            Score.Take(first.Eax ^ (ulong)first.Ebx << 16 ^ (ulong)first.Ecx << 32 ^ (ulong)first.Edx << 8);
        }
    }
}

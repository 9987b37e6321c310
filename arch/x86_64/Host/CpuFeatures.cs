using Bulkhead.X86.Memory;

namespace Bulkhead.X86.Host;

/// <summary>What the hypervisor uses of the board's CPUs if they have it; the first one speaks for all (SDM 2 CPUID).</summary>
internal static class CpuFeatures
{
    private static uint _leaf1Ecx, _leaf7Ebx, _extended1Edx, _extended7Edx, _extended8Eax;

    public static bool HasX2Apic => (_leaf1Ecx & 1 << 21) != 0;
    public static bool HasTscDeadline => (_leaf1Ecx & 1 << 24) != 0;
    /// <summary>The TSC counts at one pace in every state (SDM 3 18.17.1).</summary>
    public static bool HasInvariantTsc => (_extended7Edx & 1 << 8) != 0;
    public static bool HasSmep => (_leaf7Ebx & 1 << 7) != 0;
    public static bool HasSmap => (_leaf7Ebx & 1 << 20) != 0;
    public static PagingFeatures Paging => new(_extended1Edx, _extended8Eax);

    public static void Read()
    {
        _leaf1Ecx = Instruction.Cpuid(1).Ecx;
        if (Instruction.Cpuid(0).Eax >= 7)
            _leaf7Ebx = Instruction.Cpuid(7).Ebx;
        _extended1Edx = Instruction.Cpuid(0x8000_0001).Edx;
        _extended7Edx = Instruction.Cpuid(0x8000_0000).Eax >= 0x8000_0007 ? Instruction.Cpuid(0x8000_0007).Edx : 0;
        _extended8Eax = Instruction.Cpuid(0x8000_0000).Eax >= 0x8000_0008 ? Instruction.Cpuid(0x8000_0008).Eax : 36;
    }
}

namespace Bulkhead.X86.Policy;

/// <summary>What a vCPU's CPUID says beside the board's.</summary>
public struct CpuidFacts
{
    /// <summary>The vCPU's number, which is its APIC id, and how many the guest has.</summary>
    public uint Index;
    public uint VcpuCount;

    /// <summary>The guest's TSC and local APIC timer, in Hz.</summary>
    public ulong TscHz;

    /// <summary>Found by <see cref="GuestCpuid.Compose"/>.</summary>
    internal bool IsIntel;
}

namespace Bulkhead.X86.Policy;

/// <summary>The board's own CPUID, as the calling CPU executes it.</summary>
public interface ICpuid
{
    static abstract CpuidRegisters Read(uint leaf, uint subleaf);
}

namespace Bulkhead.X86.Host;

/// <summary>What CPUID leaves in four registers.</summary>
internal struct CpuidResult
{
    public uint Eax, Ebx, Ecx, Edx;
}

namespace Bulkhead.X86.Policy;

/// <summary>What CPUID leaves in EAX to EDX.</summary>
public struct CpuidRegisters
{
    public uint Eax, Ebx, Ecx, Edx;
}

namespace Bulkhead.Guests;

/// <summary>What CPUID leaves in EAX to EDX.</summary>
internal struct CpuidRegisters
{
    public uint Eax, Ebx, Ecx, Edx;
}

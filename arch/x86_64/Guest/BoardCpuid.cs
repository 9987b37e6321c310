using Bulkhead.X86.Host;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>CPUID of the CPU that asks.</summary>
internal readonly struct BoardCpuid : ICpuid
{
    public static CpuidRegisters Read(uint leaf, uint subleaf)
    {
        CpuidResult r = Instruction.Cpuid(leaf, subleaf);
        return new CpuidRegisters { Eax = r.Eax, Ebx = r.Ebx, Ecx = r.Ecx, Edx = r.Edx };
    }
}

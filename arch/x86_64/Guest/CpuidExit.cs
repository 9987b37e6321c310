using Bulkhead.X86.Decode;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>CPUID, until its policy is a table: the board's answer, less what a guest does not have.</summary>
internal static class CpuidExit
{
    public static void Handle(ref Vcpu vcpu)
    {
        uint leaf = (uint)vcpu.Registers[GuestRegisters.Rax];
        uint sub = (uint)vcpu.Registers[GuestRegisters.Rcx];
        CpuidResult r = Instruction.Cpuid(leaf, sub);
        switch (leaf)
        {
            case 1:
                r.Ebx = r.Ebx & 0x00ffffff | (uint)vcpu.Core.Index << 24;
                r.Ecx = r.Ecx & ~(1u << 5 | 1u << 3 | 1u << 6 | 1u << 15) | 1u << 31 | 1u << 21 | 1u << 24;
                r.Edx &= ~(1u << 7 | 1u << 12 | 1u << 14 | 1u << 22);
                break;
            case 0x40000000:
                r.Eax = 0x40000001; r.Ebx = 0x4b4d564b; r.Ecx = 0x564b4d56; r.Edx = 0x4d;
                break;
            case 0x40000001:
                r.Eax = 0; r.Ebx = r.Ecx = r.Edx = 0;
                break;
            case 0xb:
                r.Edx = (uint)vcpu.Core.Index;
                break;
            case 0x15:
                r.Eax = 1; r.Ebx = 1; r.Ecx = (uint)TscClock.Hertz; r.Edx = 0;
                break;
            case 0x80000001:
                r.Ecx &= ~(1u << 2);
                break;
            case 0x8000000a:
                r = default;
                break;
        }
        vcpu.Registers[GuestRegisters.Rax] = r.Eax;
        vcpu.Registers[GuestRegisters.Rbx] = r.Ebx;
        vcpu.Registers[GuestRegisters.Rcx] = r.Ecx;
        vcpu.Registers[GuestRegisters.Rdx] = r.Edx;
    }

    public static void FollowApic(ref Vcpu vcpu)
    {
    }
}

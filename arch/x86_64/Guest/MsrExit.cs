using Bulkhead.X86.Apic;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>RDMSR and WRMSR, until their policy is a table: the local APIC and EFER, everything else refused.</summary>
internal static class MsrExit
{
    public static bool TryRead(ref Vcpu vcpu, uint msr, out ulong value)
    {
        if (msr - LocalApicRegisters<ApicHardware>.FirstMsr < LocalApicRegisters<ApicHardware>.MsrCount)
        {
            VcpuState.LoadTaskPriority(ref vcpu);
            return LocalApicRegisters<ApicHardware>.TryReadMsr(ref vcpu.Apic, msr, out value);
        }
        value = 0;
        switch (msr)
        {
            case ApicBase.Msr:
                value = vcpu.Apic.Base;
                return true;
            case LocalApicRegisters<ApicHardware>.TscDeadlineMsr:
                value = LocalApicRegisters<ApicHardware>.ReadTscDeadline(ref vcpu.Apic);
                return true;
            case 0xc0000080:
                value = VcpuState.Efer(ref vcpu);
                return true;
            default:
                return false;
        }
    }

    public static bool TryWrite(ref Vcpu vcpu, uint msr, ulong value)
    {
        ApicEffect effect;
        if (msr - LocalApicRegisters<ApicHardware>.FirstMsr < LocalApicRegisters<ApicHardware>.MsrCount)
        {
            VcpuState.LoadTaskPriority(ref vcpu);
            effect = LocalApicRegisters<ApicHardware>.WriteMsr(ref vcpu.Partition.Apics, ref vcpu.Apic, msr, value);
            VcpuState.StoreTaskPriority(ref vcpu);
        }
        else
        {
            switch (msr)
            {
                case ApicBase.Msr:
                    effect = LocalApicRegisters<ApicHardware>.WriteBase(ref vcpu.Apic, value);
                    break;
                case LocalApicRegisters<ApicHardware>.TscDeadlineMsr:
                    effect = LocalApicRegisters<ApicHardware>.WriteTscDeadline(ref vcpu.Apic, value);
                    break;
                case 0xc0000080:
                    VcpuState.SetEfer(ref vcpu, value & ~0x400ul | VcpuState.Efer(ref vcpu) & 0x400);
                    return true;
                default:
                    return false;
            }
        }
        if ((effect & ApicEffect.Fault) != 0)
            return false;
        if (effect != ApicEffect.None)
            GuestInterrupts.Carry(ref vcpu, effect);
        return true;
    }
}

using System.Runtime.CompilerServices;
using Bulkhead.X86.Apic;

namespace Bulkhead.X86.Policy;

/// <summary>A guest's RDMSR and WRMSR that exit, on its vCPU's CPU.</summary>
public static class MsrAccess<THardware> where THardware : struct, IApicHardware
{
    /// <summary>RDMSR. With no Fault and no Efer in what is returned, the value is EDX:EAX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MsrEffect Read(ref VirtualLocalApic apic, ref VcpuMsrs own, uint msr, out ulong value)
    {
        if (msr - X2ApicMsr.First < X2ApicMsr.Count)
            return LocalApicRegisters<THardware>.TryReadMsr(ref apic, msr, out value) ? MsrEffect.None : MsrEffect.Fault;
        if (msr == ApicBase.Msr)
        {
            value = apic.Base;
            return MsrEffect.None;
        }
        return ReadOther(ref apic, ref own, msr, out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MsrEffect ReadOther(ref VirtualLocalApic apic, ref VcpuMsrs own, uint msr, out ulong value)
    {
        switch (MsrPolicy.FindOther(msr, out value))
        {
            case MsrHandling.Constant:
                return MsrEffect.None;
            case MsrHandling.Board:
                value = msr == MsrPolicy.Microcode ? own.Microcode : own.ArchCapabilities;
                return MsrEffect.None;
            case MsrHandling.TscDeadline:
                value = LocalApicRegisters<THardware>.ReadTscDeadline(ref apic);
                return MsrEffect.None;
            case MsrHandling.SystemTime:
                value = own.SystemTime;
                return MsrEffect.None;
            case MsrHandling.WallClock:
                value = own.WallClock;
                return MsrEffect.None;
            case MsrHandling.Efer:
                return MsrEffect.Efer;
            default:
                return MsrEffect.Fault;
        }
    }

    /// <summary>WRMSR.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MsrEffect Write(ref VirtualApics apics, ref VirtualLocalApic apic, ref VcpuMsrs own, uint msr, ulong value)
    {
        if (msr - X2ApicMsr.First < X2ApicMsr.Count)
            return (MsrEffect)LocalApicRegisters<THardware>.WriteMsr(ref apics, ref apic, msr, value);
        if (msr == X2ApicMsr.TscDeadline)
            return (MsrEffect)LocalApicRegisters<THardware>.WriteTscDeadline(ref apic, value);
        return WriteOther(ref apic, ref own, msr, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MsrEffect WriteOther(ref VirtualLocalApic apic, ref VcpuMsrs own, uint msr, ulong value)
    {
        switch (MsrPolicy.FindOther(msr, out _))
        {
            case MsrHandling.Constant:
            case MsrHandling.Board:
                return MsrEffect.None;
            case MsrHandling.ApicBase:
                return (MsrEffect)LocalApicRegisters<THardware>.WriteBase(ref apic, value);
            case MsrHandling.SystemTime:
                own.SystemTime = value;
                return GuestClock.IsEnabled(value) ? MsrEffect.SystemTime : MsrEffect.None;
            case MsrHandling.WallClock:
                own.WallClock = value;
                return MsrEffect.WallClock;
            case MsrHandling.Efer:
                return MsrEffect.Efer;
            default:
                return MsrEffect.Fault;
        }
    }
}

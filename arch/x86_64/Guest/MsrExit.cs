using System.Runtime.CompilerServices;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>RDMSR and WRMSR that exit (Policy/MsrPolicy.cs); false is #GP(0). The local APIC's page has the guest's CR8.</summary>
internal static class MsrExit
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref Vcpu vcpu, uint msr, out ulong value)
    {
        MsrEffect effect = MsrAccess<ApicHardware>.Read(ref vcpu.Apic, ref vcpu.Policy.Msrs, msr, out value);
        return effect == MsrEffect.None || TryReadEfer(ref vcpu, effect, ref value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadEfer(ref Vcpu vcpu, MsrEffect effect, ref ulong value)
    {
        if (effect != MsrEffect.Efer)
            return false;
        value = VcpuState.Efer(ref vcpu);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryWrite(ref Vcpu vcpu, uint msr, ulong value)
    {
        MsrEffect effect = MsrAccess<ApicHardware>.Write(ref vcpu.Partition.Apics, ref vcpu.Apic, ref vcpu.Policy.Msrs, msr, value);
        return effect == MsrEffect.None || Carry(ref vcpu, effect, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Carry(ref Vcpu vcpu, MsrEffect effect, ulong value)
    {
        switch (effect)
        {
            case MsrEffect.Fault:
                return false;
            case MsrEffect.Efer:
                return TrySetEfer(ref vcpu, value);
            case MsrEffect.SystemTime:
                return GuestTime.TryWriteClock(ref vcpu, value);
            case MsrEffect.WallClock:
                return GuestTime.TryWriteWallClock(ref vcpu, value);
            default:
                GuestInterrupts.Carry(ref vcpu, (ApicEffect)effect);
                return true;
        }
    }

    private static bool TrySetEfer(ref Vcpu vcpu, ulong value)
    {
        ulong current = VcpuState.Efer(ref vcpu);
        if (!EferPolicy.IsValid(value, current, VcpuState.Cr0(ref vcpu)))
            return false;
        VcpuState.SetEfer(ref vcpu, value & ~EferPolicy.Lma | current & EferPolicy.Lma);
        return true;
    }
}

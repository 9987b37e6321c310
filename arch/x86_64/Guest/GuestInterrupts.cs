using System.Runtime.CompilerServices;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>A vCPU's local APIC between the board's interrupts and the guest.</summary>
internal static class GuestInterrupts
{
    /// <summary>What other CPUs left for this vCPU. Does not return when one of them was an INIT.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TakeInbox(ref Vcpu vcpu)
    {
        uint requests = vcpu.Apic.Take();
        if (requests != 0)
            Obey(ref vcpu, requests);
    }

    /// <summary>The same for callers that are not counted in single instructions.</summary>
    public static void TakeInboxNow(ref Vcpu vcpu) => TakeInbox(ref vcpu);

    private static void Obey(ref Vcpu vcpu, uint requests)
    {
        if ((requests & ApicInbox.Init) != 0)
        {
            vcpu.Apic.Reset();
            vcpu.Presented = 0;
            VcpuLoop.Silence(ref vcpu.Core);
            if ((requests & ApicInbox.StartUp) != 0)
                StartUp(ref vcpu, requests);
            X86.Unwind(ref vcpu.Core);
        }
        // A vCPU that runs ignores a SIPI (SDM 3 9.4.3).
        if ((requests & ApicInbox.Nmi) != 0)
            vcpu.NmiPending = 1;
    }

    /// <summary>On the CPU of a vCPU that is off: a SIPI may wait.</summary>
    public static void TakeWhileOff(ref Vcpu vcpu)
    {
        if (vcpu.Apic.Inbox.Requests == 0)
            return;
        uint requests = vcpu.Apic.Take();
        if ((requests & ApicInbox.Init) != 0)
            vcpu.Apic.Reset();
        if ((requests & ApicInbox.StartUp) != 0 && vcpu.Core.Index != 0)
            StartUp(ref vcpu, requests);
    }

    private static void StartUp(ref Vcpu vcpu, uint requests)
    {
        vcpu.StartKind = StartKind.StartUp;
        vcpu.Core.Entry = new(ApicInbox.StartAddress(requests));
        System.Threading.Volatile.Write(ref vcpu.Core.Power, (int)VcpuPower.OnPending);
    }

    /// <summary>Programs the CPU's timer for the guest's next deadline and the hypervisor's own. <paramref name="now"/> is the TSC.</summary>
    public static void Arm(ref Vcpu vcpu, ulong now)
    {
        ulong deadline = vcpu.Core.Deadline;
        if (vcpu.ApicAddress != 0 && vcpu.Apic.TimerDeadline != 0)
        {
            ulong guest = vcpu.Apic.TimerDeadline - vcpu.Apic.TscOffset;
            if (deadline == 0 || (long)(guest - deadline) < 0)
                deadline = guest;
        }
        if (deadline == vcpu.ArmedDeadline)
            return;
        vcpu.ArmedDeadline = deadline;
        if (deadline != 0)
            HostTimer.Arm(deadline, now);
        else
            HostTimer.Disarm();
    }

    /// <summary>The same when the guest has just started its timer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ArmStarted(ref Vcpu vcpu, ref VirtualLocalApic apic, ulong now)
    {
        ulong deadline = apic.TimerDeadline;
        if (vcpu.Core.Deadline != 0 || deadline == 0)
        {
            Arm(ref vcpu, now);
            return;
        }
        deadline -= apic.TscOffset;
        vcpu.ArmedDeadline = deadline;
        HostTimer.Arm(deadline, now);
    }

    /// <summary>After a write to the local APIC.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Carry(ref Vcpu vcpu, ApicEffect effect)
    {
        // A deadline that has passed interrupts this CPU at once.
        if ((effect & ApicEffect.Timer) != 0)
            Arm(ref vcpu, Register.ReadTsc());
        if ((effect & ApicEffect.Mode) != 0)
            CpuidExit.FollowApic(ref vcpu);
    }
}

using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.BlackBox;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Svm;

/// <summary>
/// Between the virtual local APIC and the CPU. What waits is presented in the VMCB and delivered without another exit;
/// the local APIC learns of it, by Accept, before anything else is done to it.
/// </summary>
internal static class SvmInterrupts
{
    /// <summary>The board's interrupt that ended the guest's turn; 0 when there was none any more.</summary>
    [RuntimeExport("SvmInterrupt")]
    public static void Interrupt(ref Vcpu vcpu, ref Vmcb vmcb, uint vector)
    {
        vmcb.TlbControl = TlbControl.Nothing;
        if (vector == HostVector.Timer)
            Timer(ref vcpu, ref vmcb);
        else if (vector == HostVector.Kick)
            Kick(ref vcpu, ref vmcb);
        else
            Other(ref vcpu, ref vmcb, vector);
    }

    private static void Timer(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        LocalApic.EndOfInterrupt();
        Accept(ref vcpu, ref vmcb);
        InterruptHandler.Timer(ref vcpu, ref vcpu.Apic);
        ResumeSoon(ref vcpu, ref vmcb);
    }

    private static void Kick(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        LocalApic.EndOfInterrupt();
        // The guest ran until now: only whether it goes on is asked.
        GuestStop.Check(ref vcpu.Core, in vcpu.Partition.Core);
        Accept(ref vcpu, ref vmcb);
        GuestInterrupts.TakeInbox(ref vcpu);
        if (vcpu.NmiPending != 0)
            InjectNmi(ref vcpu, ref vmcb);
        Present(ref vcpu, ref vmcb, ref vcpu.Apic);
    }

    private static void Other(ref Vcpu vcpu, ref Vmcb vmcb, uint vector)
    {
        Accept(ref vcpu, ref vmcb);
        InterruptHandler.Handle(ref vcpu, vector);
        Resume(ref vcpu, ref vmcb);
    }

    /// <summary>Before the guest is entered again: what interrupts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Resume(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if ((apic.Waiting | vcpu.Owed) != 0)
            Deliver(ref vcpu, ref vmcb, ref apic);
    }

    /// <summary>
    /// The same after <see cref="Accept"/> and what can have raised an interrupt on this CPU and nothing more. What others
    /// ask is left to their kick, which ends the guest's turn as soon as it has begun.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ResumeSoon(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (apic.HasPending)
            Present(ref vcpu, ref vmcb, ref apic);
    }

    private static void Deliver(ref Vcpu vcpu, ref Vmcb vmcb, ref VirtualLocalApic apic)
    {
        Accept(ref vcpu, ref vmcb);
        if (apic.Inbox.Requests != 0)
            GuestInterrupts.TakeInboxNow(ref vcpu);
        if (vcpu.NmiPending != 0)
            InjectNmi(ref vcpu, ref vmcb);
        Present(ref vcpu, ref vmcb, ref apic);
    }

    /// <summary>What was presented and is no longer pending has been delivered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accept(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        if (vcpu.Presented != 0 && !vmcb.VirtualInterrupt.IsPending)
            AcceptPresented(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AcceptPresented(ref Vcpu vcpu)
    {
        vcpu.Apic.Accept(vcpu.Presented);
        vcpu.Presented = 0;
    }

    // Behind an event that is injected already it waits for the next exit, which is at once; in the handler of another for
    // that one's end.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void InjectNmi(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        if (vcpu.NmiBlocking != NmiBlocking.None)
            return;
        if (vmcb.EventInjection.IsValid)
        {
            Guest.X86.Kick(vcpu.Core.Cpu);
            return;
        }
        vmcb.EventInjection = EventInjection.Nmi;
        vcpu.NmiPending = 0;
        SvmNmi.Begin(ref vcpu, ref vmcb);
    }

    /// <summary>Leaves the highest vector that waits to the CPU, which delivers it as soon as the guest's IF, shadow and CR8 permit.</summary>
    public static void Present(ref Vcpu vcpu, ref Vmcb vmcb, ref VirtualLocalApic apic)
    {
        uint vector = apic.HighestPending;
        uint task = vmcb.VirtualInterrupt.TaskPriority;
        if ((vector & 0xf0) <= (apic.HighestInService & 0xf0))
            vector = 0;
        vcpu.Presented = vector;
        if (vector == 0)
        {
            vmcb.VirtualInterrupt = VirtualInterrupt.None(task);
            return;
        }
        vmcb.VirtualInterrupt = VirtualInterrupt.Of(vector, task);
        if (vcpu.Trace != 0)
            TraceEntry.Present(vcpu.Trace, vector);
    }
}

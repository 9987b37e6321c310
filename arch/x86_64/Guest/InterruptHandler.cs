using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>A physical interrupt, by its vector.</summary>
internal static class InterruptHandler
{
    public static void Handle(ref Vcpu vcpu, uint vector)
    {
        if (vector < HostVector.Timer)
        {
            // 0: nothing was pending any more, or an NMI that meant no one.
            if (vector != 0)
                Device(ref vcpu, vector - HostVector.FirstGsi);
            return;
        }
        // It wants no EOI (SDM 3 11.9).
        if (vector == HostVector.Spurious)
            return;
        LocalApic.EndOfInterrupt();
        if (vector == HostVector.Timer && vcpu.ApicAddress != 0)
            Timer(ref vcpu, ref vcpu.Apic);
        else if (vector == HostVector.Timer)
            TimerOfNobody(ref vcpu);
        else
            Kick(ref vcpu);
    }

    /// <summary>The CPU's own timer, on a CPU with a vCPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Timer(ref Vcpu vcpu, ref VirtualLocalApic apic)
    {
        ulong now = Register.ReadTsc();
        vcpu.ArmedDeadline = 0;
        if (vcpu.Core.Deadline != 0)
            CheckDeadlines(ref vcpu, now);
        apic.ExpireTimer(now + apic.TscOffset);
        if ((vcpu.Core.Deadline | apic.TimerDeadline) != 0)
            GuestInterrupts.Arm(ref vcpu, now);
    }

    private static void TimerOfNobody(ref Vcpu vcpu)
    {
        ulong now = Register.ReadTsc();
        vcpu.ArmedDeadline = 0;
        CheckDeadlines(ref vcpu, now);
        GuestInterrupts.Arm(ref vcpu, now);
    }

    private static void CheckDeadlines(ref Vcpu vcpu, ulong now)
    {
        Deadlines.Check(ref vcpu.Core, now);
        GuestWatchdog.Check(ref vcpu.Core, now);
    }

    // What was left for the vCPU is taken before the next entry; only the end of its guest is looked for here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Kick(ref Vcpu vcpu)
    {
        if (vcpu.Core.Guest >= 0 && Volatile.Read(ref vcpu.Core.Power) == (int)VcpuPower.On)
            GuestStop.Check(ref vcpu.Core, in vcpu.Partition.Core);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Device(ref Vcpu vcpu, uint gsi)
    {
        if (gsi != ApplianceTables.Board.X86.UartGsi)
        {
            AssignedInterrupts.Take(ref vcpu, gsi);
            return;
        }
        LocalApic.EndOfInterrupt();
        // The line of an ISA UART is an edge: until nothing is pending no other would come.
        do
            BoardConsole.OnInterrupt(ref vcpu.Core);
        while (X86.AcknowledgeUart());
    }
}

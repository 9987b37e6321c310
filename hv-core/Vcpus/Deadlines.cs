using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;

namespace Bulkhead.Vcpus;

/// <summary>What the hypervisor wants of a CPU's timer beside its guest's own: to be called on that CPU.</summary>
public static class Deadlines<TArch> where TArch : struct, IArch
{
    /// <summary>
    /// Bytes that wait behind another source's open line have nothing to wake them; the CPU that wrote them has its
    /// timer do it.
    /// </summary>
    public static void ArmConsole(ref VcpuCore vcpu)
    {
        if (vcpu.ConsoleDeadline != 0)
            return;
        ulong now = TArch.Now();
        vcpu.ConsoleDeadline = now + BoardConsole<TArch>.Hold;
        Update(ref vcpu, now);
    }

    /// <summary>Idle ends then, at the latest.</summary>
    /// <param name="vcpu">The CPU's.</param>
    /// <param name="when">In clock counts; 0 for never.</param>
    public static void SetAlarm(ref VcpuCore vcpu, ulong when)
    {
        if (vcpu.Alarm == when)
            return;
        vcpu.Alarm = when;
        Update(ref vcpu, TArch.Now());
    }

    /// <summary>The guest's watchdog is looked after then (<see cref="Devices.GuestWatchdog{TArch}.Check"/>).</summary>
    public static void SetWatchdog(ref VcpuCore vcpu, ulong when, ulong now)
    {
        if (vcpu.WatchdogDeadline == when)
            return;
        vcpu.WatchdogDeadline = when;
        Update(ref vcpu, now);
    }

    /// <summary>The CPU's timer came: perhaps for one of these, but the watchdog's. The caller programs it anew.</summary>
    public static void Check(ref VcpuCore vcpu, ulong now)
    {
        if (vcpu.Deadline == 0 || (long)(now - vcpu.Deadline) < 0)
            return;
        if (vcpu.Alarm != 0 && (long)(now - vcpu.Alarm) >= 0)
            vcpu.Alarm = GuestTrial<TArch>.Look(ref vcpu, now);
        if (vcpu.ConsoleDeadline != 0 && (long)(now - vcpu.ConsoleDeadline) >= 0)
        {
            vcpu.ConsoleDeadline = 0;
            BoardConsole<TArch>.Service(ref vcpu);
        }
        vcpu.Deadline = Earliest(ref vcpu);
    }

    private static void Update(ref VcpuCore vcpu, ulong now)
    {
        vcpu.Deadline = Earliest(ref vcpu);
        TArch.UpdateTimer(ref vcpu, now);
    }

    private static ulong Earliest(ref VcpuCore vcpu) => Earlier(Earlier(vcpu.ConsoleDeadline, vcpu.Alarm), vcpu.WatchdogDeadline);

    private static ulong Earlier(ulong left, ulong right) =>
        left == 0 || right != 0 && (long)(right - left) < 0 ? right : left;
}

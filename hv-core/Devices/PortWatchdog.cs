using System;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using static Bulkhead.Devices.PortWatchdogRegister;

namespace Bulkhead.Devices;

/// <summary>
/// A watchdog of four ports (<see cref="PortWatchdogRegister"/>), made for the actions of an ACPI WDAT (Microsoft, "Hardware Watchdog Timers Design
/// Specification"), which tells any kernel how to work it. Times are in milliseconds.
/// </summary>
public static class PortWatchdog
{
    /// <param name="vcpu">Whose guest reads; it has a watchdog.</param>
    /// <param name="offset">One of the registers.</param>
    public static uint Read<TArch>(ref VcpuCore vcpu, uint offset) where TArch : struct, IArch
    {
        ref Watchdog watchdog = ref TArch.Partition(vcpu.Guest).Watchdog;
        SpinLock.Guard held = watchdog.Lock.Enter();
        uint value = offset switch
        {
            Control => watchdog.IsRunning ? EndsGuest | Running : EndsGuest,
            Timeout => GuestWatchdog<TArch>.Milliseconds(watchdog.First + watchdog.Second),
            Left => GuestWatchdog<TArch>.Milliseconds(watchdog.Left(TArch.Now())),
            _ => watchdog.EndedBefore ? 1u : 0,
        };
        watchdog.Lock.Exit(held);
        return value;
    }

    public static void Write<TArch>(ref VcpuCore vcpu, uint offset, uint value) where TArch : struct, IArch
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ref Watchdog watchdog = ref partition.Watchdog;
        ulong now = TArch.Now();
        SpinLock.Guard held = watchdog.Lock.Enter();
        if (offset == Left)
            watchdog.Feed(now);
        else if (offset == Timeout)
            SetTimeout<TArch>(ref partition, value);
        else if (offset == Status)
            watchdog.ForgetEnd();
        else if ((value & Running) == 0)
            watchdog.Stop(now);
        else if (!watchdog.IsRunning)
            watchdog.Start(now);
        GuestWatchdog<TArch>.Follow(ref vcpu, ref partition, held, now);
        watchdog.Lock.Exit(held);
    }

    // The manifest's pre-timeout, as far as there is time for it.
    private static void SetTimeout<TArch>(ref PartitionCore partition, uint milliseconds) where TArch : struct, IArch
    {
        uint timeout = Math.Min(Math.Max(milliseconds, WatchdogEntry.Shortest), WatchdogEntry.Longest);
        uint preTimeout = Math.Min(partition.Entry.Watchdog.PreTimeout, timeout / 2);
        partition.Watchdog.SetStages(GuestWatchdog<TArch>.Counts(timeout - preTimeout), GuestWatchdog<TArch>.Counts(preTimeout));
    }
}

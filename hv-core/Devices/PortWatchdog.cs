using System;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Devices;

/// <summary>
/// A watchdog of four 32-bit ports, made for the actions of an ACPI WDAT (Microsoft, "Hardware Watchdog Timers Design
/// Specification"), which tells any kernel how to work it. Times are in milliseconds.
/// </summary>
public static class PortWatchdog
{
    /// <summary>Bit 0: it runs; to be written. Bit 1: its end is the guest's; reads as one.</summary>
    public const uint Control = 0x0;
    /// <summary>From a feeding to the guest's end. A write takes effect with the next feeding.</summary>
    public const uint Timeout = 0x4;
    /// <summary>How much of that is left. A write feeds it.</summary>
    public const uint Left = 0x8;
    /// <summary>Bit 0: the guest's last life ended because of it. A write clears it.</summary>
    public const uint Status = 0xc;

    public const uint Running = 1, EndsGuest = 2;

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

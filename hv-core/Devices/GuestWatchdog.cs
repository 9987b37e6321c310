using System;
using System.Threading;
using Bulkhead.BlackBox;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Devices;

/// <summary>
/// Guests' watchdogs in time. The CPU that last wrote to one keeps its deadline among those of its own timer, whose
/// interrupt ends the guest's turn whatever the guest masks; so a write needs no other CPU.
/// </summary>
public static class GuestWatchdog<TArch> where TArch : struct, IArch
{
    public static bool IsThere(ref VcpuCore vcpu) => TArch.Partition(vcpu.Guest).Entry.Watchdog.Timeout != 0;

    private static ulong CountsPerMillisecond => TArch.ClockHertz / 1000;

    public static ulong Counts(uint milliseconds) => milliseconds * CountsPerMillisecond;

    /// <summary>The guest is about to run, on the CPU of its first vCPU: a watchdog that is armed from the start begins here.</summary>
    public static void Begin(ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ref readonly WatchdogEntry entry = ref partition.Entry.Watchdog;
        if (entry.Timeout == 0)
            return;
        ulong now = TArch.Now();
        SpinLock.Guard held = partition.Watchdog.Lock.Enter();
        UseManifest(ref partition, true);
        if (entry.Boot != 0)
            partition.Watchdog.StartUntil(now + Counts(entry.Boot - entry.PreTimeout));
        Follow(ref vcpu, ref partition, held, now);
        partition.Watchdog.Lock.Exit(held);
    }

    /// <summary>Starts it, with the manifest's times when both are 0.</summary>
    /// <param name="vcpu">Whose guest asks.</param>
    /// <param name="timeout">Milliseconds from a feeding to the guest's end.</param>
    /// <param name="preTimeout">Milliseconds from the pre-timeout to the end; 0 for none.</param>
    public static bool TryStart(ref VcpuCore vcpu, ulong timeout, ulong preTimeout)
    {
        bool own = timeout != 0 || preTimeout != 0;
        if (own && (timeout > WatchdogEntry.Longest || timeout < WatchdogEntry.Shortest || preTimeout >= timeout))
            return false;
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ulong now = TArch.Now();
        SpinLock.Guard held = partition.Watchdog.Lock.Enter();
        if (own)
            partition.Watchdog.SetStages(Counts((uint)(timeout - preTimeout)), Counts((uint)preTimeout));
        else
            UseManifest(ref partition, false);
        partition.Watchdog.Start(now);
        Follow(ref vcpu, ref partition, held, now);
        partition.Watchdog.Lock.Exit(held);
        return true;
    }

    public static void Feed(ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ulong now = TArch.Now();
        SpinLock.Guard held = partition.Watchdog.Lock.Enter();
        partition.Watchdog.Feed(now);
        Follow(ref vcpu, ref partition, held, now);
        partition.Watchdog.Lock.Exit(held);
    }

    public static void Stop(ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ulong now = TArch.Now();
        SpinLock.Guard held = partition.Watchdog.Lock.Enter();
        partition.Watchdog.Stop(now);
        Follow(ref vcpu, ref partition, held, now);
        partition.Watchdog.Lock.Exit(held);
    }

    public static uint Milliseconds(ulong counts) => (uint)Math.Min(counts / CountsPerMillisecond, uint.MaxValue);

    /// <summary>Milliseconds left in bits 31:0; above them whether it runs, is late, and ended the guest's last life.</summary>
    public static ulong Status(ref VcpuCore vcpu)
    {
        const ulong Running = 1ul << 32, Late = 1ul << 33, EndedBefore = 1ul << 34;
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ref Watchdog watchdog = ref partition.Watchdog;
        SpinLock.Guard held = watchdog.Lock.Enter();
        ulong status = Milliseconds(watchdog.Left(TArch.Now())) | (watchdog.IsRunning ? Running : 0)
            | (watchdog.State == WatchdogState.Late ? Late : 0) | (watchdog.EndedBefore ? EndedBefore : 0);
        watchdog.Lock.Exit(held);
        return status;
    }

    /// <summary>
    /// After a write to the watchdog, with its lock held: this CPU's timer stands for it from now on, and its interrupt
    /// line is as its state says.
    /// </summary>
    public static void Follow(ref VcpuCore vcpu, ref PartitionCore partition, SpinLock.Guard held, ulong now)
    {
        ref Watchdog watchdog = ref partition.Watchdog;
        watchdog.Holder = vcpu.Cpu;
        Deadlines<TArch>.SetWatchdog(ref vcpu, watchdog.IsRunning ? watchdog.Deadline : 0, now);
        SetLine(ref vcpu, ref partition, held);
    }

    /// <summary>The CPU's timer came: perhaps for this. Does not return when the guest's time is over.</summary>
    public static void Check(ref VcpuCore vcpu, ulong now)
    {
        if (vcpu.WatchdogDeadline == 0 || (long)(now - vcpu.WatchdogDeadline) < 0)
            return;
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        SpinLock.Guard held = partition.Watchdog.Lock.Enter();
        ref Watchdog watchdog = ref partition.Watchdog;
        bool isOurs = watchdog.Holder == vcpu.Cpu && Volatile.Read(ref partition.State) == (int)GuestState.Running;
        WatchdogEvent happened = isOurs ? watchdog.Advance(now) : WatchdogEvent.None;
        Deadlines<TArch>.SetWatchdog(ref vcpu, isOurs && watchdog.IsRunning ? watchdog.Deadline : 0, now);
        if (isOurs)
            SetLine(ref vcpu, ref partition, held);
        watchdog.Lock.Exit(held);
        bool isOn = Volatile.Read(ref vcpu.Power) == (int)VcpuPower.On;
        if (happened == WatchdogEvent.PreTimeout)
            Warn(ref vcpu, isOn ? TArch.ProgramCounter(ref vcpu) : 0);
        else if (happened == WatchdogEvent.Expired && isOn)
            TArch.StopAtInterrupt(ref vcpu, StopReason.Watchdog);
        else if (happened == WatchdogEvent.Expired)
            GuestStop<TArch>.Stop(ref vcpu, StopReason.Watchdog);
    }

    private static void UseManifest(ref PartitionCore partition, bool reset)
    {
        ref readonly WatchdogEntry entry = ref partition.Entry.Watchdog;
        ulong first = Counts(entry.Timeout - entry.PreTimeout), second = Counts(entry.PreTimeout);
        if (reset)
            partition.Watchdog.Reset(first, second);
        else
            partition.Watchdog.SetStages(first, second);
    }

    private static void SetLine(ref VcpuCore vcpu, ref PartitionCore partition, SpinLock.Guard held)
    {
        bool asserted = partition.Watchdog.State is WatchdogState.Late or WatchdogState.Expired;
        if (asserted == partition.Watchdog.Line)
            return;
        partition.Watchdog.Line = asserted;
        TArch.SetWatchdogLine(ref vcpu, asserted);
    }

    private static void Warn(ref VcpuCore vcpu, ulong pc)
    {
        Recorder<TArch>.Note(vcpu.Cpu, TraceEvent.PreTimeout, (uint)vcpu.Guest, 0, pc);
        LogLine line = default;
        line.AddName(in ApplianceTables.Guest(vcpu.Guest).Name);
        line.Add(": pre-timeout of its watchdog; vcpu "u8);
        line.AddDecimal((ulong)vcpu.Index);
        if (pc != 0)
        {
            line.Add(" at "u8);
            line.AddHex(pc);
        }
        else
            line.Add(" is off"u8);
        HypervisorLog<TArch>.Write(ref line);
    }
}

using System;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Lifecycle;

/// <summary>
/// What updates mean for guests' lives: which slot a launch takes, and what follows when an activated set proves itself
/// or does not. Every method takes the lock of <see cref="BoardUpdates{TArch}"/>; callers do not hold it.
/// </summary>
public static class GuestTrial<TArch> where TArch : struct, IArch
{
    // How often a watchdog is looked at for its first feeding.
    private const ulong PollsPerSecond = 20;

    // TrialDue from the choice of a slot on trial to the guest's entry.
    private const ulong Chosen = 1;

    public static int UnitOf(int guest) => UpdateUnit.FirstGuest + guest;

    /// <summary>Puts the other slots of a set of units on trial, and starts them: its guests anew, or the board.</summary>
    /// <param name="units">A bit each.</param>
    public static UpdateRefusal Activate(uint units)
    {
        SpinLock.Guard held = BoardUpdates<TArch>.Enter();
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        UpdateRefusal refusal = CanAll(ref store, units) ? UpdateState.Activate(ref store.Record, units, UpdateState.TriesOf(units, in ApplianceTables.Table)) : UpdateRefusal.NoSuchUnit;
        if (refusal == UpdateRefusal.None && !store.TryKeep())
            refusal = UpdateRefusal.NotKept;
        BoardUpdates<TArch>.Exit(held);
        if (refusal == UpdateRefusal.None)
            Relaunch(units, -1);
        return refusal;
    }

    /// <summary>A guest works, whoever says so. What is on trial with it is confirmed when the last of the set works.</summary>
    /// <returns>NotOnTrial where nothing waits for this guest's word, or it does not run; NotKept may be tried again.</returns>
    public static UpdateRefusal Confirm(int guest)
    {
        ref PartitionCore partition = ref TArch.Partition(guest);
        // The new version's word: not that of the old one, which may still run just after the activation.
        if (Volatile.Read(ref partition.TrialDue) <= Chosen || GuestLife<TArch>.StateOf(in partition) != GuestState.Running)
            return UpdateRefusal.NotOnTrial;
        SpinLock.Guard held = BoardUpdates<TArch>.Enter();
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        uint confirmed = 0;
        // It may have gone back by now, and the guest not have been stopped yet.
        UpdateRefusal refusal = UpdateRefusal.NotOnTrial;
        if (store.Record.Unit[UnitOf(guest)].IsOnTrial || store.BoardTrial != 0)
        {
            Volatile.Write(ref partition.HasReported, 1);
            refusal = TryReport(held, UnitOf(guest), out confirmed) ? UpdateRefusal.None : UpdateRefusal.NotKept;
        }
        if (refusal == UpdateRefusal.None)
            Volatile.Write(ref partition.TrialDue, 0);
        BoardUpdates<TArch>.Exit(held);
        LogUnits(confirmed, "its update is confirmed"u8);
        return refusal;
    }

    /// <summary>The set on trial goes back, since somebody wants it so.</summary>
    public static UpdateRefusal RollBack()
    {
        SpinLock.Guard held = BoardUpdates<TArch>.Enter();
        uint wentBack = BoardUpdates<TArch>.Store(held).RollBack(BackReason.Asked, -1);
        BoardUpdates<TArch>.Exit(held);
        GoBack(wentBack, -1);
        return wentBack != 0 ? UpdateRefusal.None : UpdateRefusal.NotOnTrial;
    }

    /// <summary>Before a guest is loaded, on its leading CPU: the slot to take. On trial a try is used up by now.</summary>
    public static void Choose(ref VcpuCore vcpu, ref PartitionCore partition, out ImageRange slot, out ulong rollback)
    {
        TrialWatchdog<TArch>.Feed();
        SpinLock.Guard held = Enter(ref vcpu);
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        uint wentBack = store.Launch(UnitOf(partition.Index), TrialEnd.Of(in partition));
        ref UnitState state = ref store.Record.Unit[UnitOf(partition.Index)];
        partition.Slot = state.Current;
        slot = state.Current == 0 ? partition.Entry.SlotA : partition.Entry.SlotB;
        rollback = state.Rollback;
        bool boardWaits = store.BoardTrial != 0 && partition.Entry.Update.IsRequired != 0
            && Volatile.Read(ref partition.HasReported) == 0;
        bool isOnTrial = state.IsOnTrial && !state.IsHealthy || boardWaits;
        byte tries = state.Tries;
        bool itself = state.IsOnTrial;
        BoardUpdates<TArch>.Exit(held);
        Volatile.Write(ref partition.TrialDue, isOnTrial ? Chosen : 0);
        partition.BoardDue = boardWaits ? Math.Max(partition.BoardDue, Chosen) : 0;
        GoBack(wentBack, partition.Index);
        if (itself)
            LifeLog<TArch>.Trial(in partition, tries);
    }

    /// <summary>The guest is about to run: on trial, its time to prove itself begins.</summary>
    public static void Begin(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        if (partition.TrialDue == 0)
            return;
        ulong now = TArch.Now();
        partition.UnfedDeadline = partition.Watchdog.Deadline;
        ulong due = now + GuestWatchdog<TArch>.Counts(partition.Entry.Update.ConfirmMilliseconds);
        // The board's time is one for all the guest's lives: each of its own costs a try, the board's does not.
        if (partition.BoardDue > Chosen)
            due = partition.BoardDue;
        else if (partition.BoardDue == Chosen)
            partition.BoardDue = due;
        Volatile.Write(ref partition.TrialDue, due);
        Deadlines<TArch>.SetAlarm(ref vcpu, NextLook(in partition, now));
    }

    /// <summary>The guest runs. A hypervisor or table on trial that waits for no guest's word is confirmed with the last start.</summary>
    public static void Started(ref VcpuCore vcpu)
    {
        SpinLock.Guard held = Enter(ref vcpu);
        TryReport(held, -1, out uint confirmed);
        BoardUpdates<TArch>.Exit(held);
        LogUnits(confirmed, "its update is confirmed"u8);
    }

    /// <summary>The alarm of a guest's leading CPU went off, perhaps for this.</summary>
    /// <returns>When to look again, in clock counts; 0 for never.</returns>
    public static ulong Look(ref VcpuCore vcpu, ulong now)
    {
        if (vcpu.Guest < 0 || vcpu.Index != 0)
            return 0;
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        ulong due = Volatile.Read(ref partition.TrialDue);
        if (due == 0 || GuestLife<TArch>.StateOf(in partition) != GuestState.Running)
            return 0;
        // Counting: a pre-timeout moves the deadline, too, and nobody has fed it.
        if (partition.Entry.Update.Health == HealthSource.Watchdog && partition.Watchdog.State == WatchdogState.Counting
            && partition.Watchdog.Deadline != partition.UnfedDeadline && Confirm(partition.Index) == UpdateRefusal.None)
            return 0;
        if ((long)(now - due) < 0)
        {
            TrialWatchdog<TArch>.Feed();
            return NextLook(in partition, now);
        }
        if (GuestStop<TArch>.TryBegin(ref partition, StopReason.Unconfirmed))
            GuestStop<TArch>.KickAll(in partition, -1);
        return 0;
    }

    /// <summary>The guest's package was refused, or its policy falls back: whether there is another slot to launch.</summary>
    /// <remarks>While it was loaded or ran an update may have been activated or have gone back: the slot is charged that it came from, or none.</remarks>
    public static bool TryOther(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        int unit = UnitOf(partition.Index);
        SpinLock.Guard held = Enter(ref vcpu);
        UnitState state = BoardUpdates<TArch>.Store(held).Record.Unit[unit];
        BoardUpdates<TArch>.Exit(held);
        // A slot that holds nothing sound is no reason to give one up.
        if (state.Current == partition.Slot && !state.IsOnTrial && (state.IsBad(state.Other)
            || !GuestPackage<TArch>.IsSound(ref vcpu, in partition, state.Other == 0 ? partition.Entry.SlotA : partition.Entry.SlotB, state.Rollback)))
            return false;
        held = Enter(ref vcpu);
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        uint wentBack = 0;
        bool hasOther = store.Record.Unit[unit].Current != partition.Slot || store.Refuse(unit, TrialEnd.Of(in partition), out wentBack);
        BoardUpdates<TArch>.Exit(held);
        GoBack(wentBack, partition.Index);
        return hasOther;
    }

    /// <summary>The guest on trial has failed, so its set goes back. False when what ran is not on trial.</summary>
    public static bool TryRollBack(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        SpinLock.Guard held = Enter(ref vcpu);
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        UnitState state = store.Record.Unit[UnitOf(partition.Index)];
        bool isOnTrial = state.IsOnTrial && state.Current == partition.Slot
            || Volatile.Read(ref partition.TrialDue) != 0 && store.BoardTrial != 0;
        uint wentBack = isOnTrial ? store.RollBack(TrialEnd.Of(in partition), UnitOf(partition.Index)) : 0;
        BoardUpdates<TArch>.Exit(held);
        GoBack(wentBack, partition.Index);
        return wentBack != 0;
    }

    // Reports a unit, if it is one, and the board's own units when all they wait for is there; keeps what changed.
    private static bool TryReport(SpinLock.Guard held, int unit, out uint confirmed)
    {
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        ref StateRecord record = ref store.Record;
        uint before = UpdateState.OnTrial(ref record);
        confirmed = 0;
        if (before == 0)
            return true;
        bool changed = unit >= 0 && UpdateState.ReportHealthy(ref record, unit);
        if (store.BoardTrial != 0 && IsBoardHealthy())
        {
            changed |= UpdateState.ReportHealthy(ref record, UpdateUnit.Hypervisor);
            changed |= UpdateState.ReportHealthy(ref record, UpdateUnit.Table);
        }
        if (changed && !store.TryKeep())
            return false;
        confirmed = before & ~UpdateState.OnTrial(ref record);
        if ((confirmed & UpdateUnit.OfBoard) != 0)
            TrialWatchdog<TArch>.End();
        return true;
    }

    private static bool IsBoardHealthy()
    {
        for (int i = 0; i < ApplianceTables.GuestCount; i++)
        {
            ref PartitionCore partition = ref TArch.Partition(i);
            bool isHealthy = partition.Entry.Update.IsRequired != 0 ? Volatile.Read(ref partition.HasReported) != 0
                : (partition.Entry.Flags & GuestFlags.AutoStart) == 0 || Volatile.Read(ref partition.Starts) != 0;
            if (!isHealthy)
                return false;
        }
        return true;
    }

    // An erase may take a second: until then the board's console and other guests go on.
    private static SpinLock.Guard Enter(ref VcpuCore vcpu)
    {
        SpinLock.Guard held;
        while (!BoardUpdates<TArch>.TryEnter(out held))
            TArch.Serve(ref vcpu);
        return held;
    }

    private static ulong NextLook(in PartitionCore partition, ulong now)
    {
        ulong due = TrialWatchdog<TArch>.NextLook(partition.TrialDue, now);
        ulong soon = now + TArch.ClockHertz / PollsPerSecond;
        return partition.Entry.Update.Health == HealthSource.Watchdog && (long)(due - soon) > 0 ? soon : due;
    }

    private static void GoBack(uint units, int guest)
    {
        LogUnits(units, "goes back to its confirmed slot"u8);
        Relaunch(units, guest);
    }

    // The set runs from its current slots from now on; the caller's guest is launched by the caller.
    private static void Relaunch(uint units, int except)
    {
        if ((units & UpdateUnit.OfBoard) != 0)
        {
            HypervisorLog<TArch>.Text("the hypervisor or the appliance table changes: the board is reset"u8);
            BoardConsole<TArch>.Flush();
            TrialWatchdog<TArch>.End();
            TArch.ResetBoard();
        }
        for (int i = 0; i < ApplianceTables.GuestCount; i++)
        {
            // One that waits for those before it has not chosen its slot yet, and keeps waiting.
            if (i != except && (units >> UnitOf(i) & 1) != 0 && GuestLife<TArch>.StateOf(in TArch.Partition(i)) != GuestState.Waiting)
                GuestLife<TArch>.Request(i, GuestRequest.Restart);
        }
    }

    private static void LogUnits(uint units, ReadOnlySpan<byte> what)
    {
        if (units == 0)
            return;
        LogLine line = default;
        UpdateUnitNames.Add(ref line, units, in ApplianceTables.Table);
        line.Add(": "u8);
        line.Add(what);
        BoardUpdateService<TArch>.Note(ref line);
        if ((units & UpdateUnit.OfBoard) != 0)
            LifeLog<TArch>.Board(what);
        for (int i = 0; i < ApplianceTables.GuestCount; i++)
        {
            if ((units >> UnitOf(i) & 1) != 0)
                HypervisorLog<TArch>.Guest(i, what);
        }
    }

    private static bool CanAll(ref UpdateStore<BoardFlash<TArch>> store, uint units)
    {
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((units >> unit & 1) != 0 && !store.CanUpdate(unit))
                return false;
        }
        return true;
    }
}

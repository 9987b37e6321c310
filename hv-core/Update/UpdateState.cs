using System;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// The steps that an update takes, as changes of the state record; whoever takes one keeps the record before anything
/// acts on it. The units activated together are one set: they are confirmed, or rolled back, by one record.
/// </summary>
public static class UpdateState
{
    /// <summary>The slot that does not run is about to be written: from now on it is not to be launched.</summary>
    public static UpdateRefusal Stage(ref StateRecord state, int unit)
    {
        if ((uint)unit >= UpdateUnit.Count)
            return UpdateRefusal.NoSuchUnit;
        ref UnitState of = ref state.Unit[unit];
        if (of.IsOnTrial)
            return UpdateRefusal.TrialRunning;
        of.SetBad(of.Other, true);
        of.Back = BackReason.None;
        of.BackBy = -1;
        return UpdateRefusal.None;
    }

    /// <summary>What was written has been verified: it may be activated.</summary>
    /// <param name="rollback">Its package's rollback index.</param>
    public static UpdateRefusal Accept(ref StateRecord state, int unit, ulong rollback)
    {
        if ((uint)unit >= UpdateUnit.Count)
            return UpdateRefusal.NoSuchUnit;
        ref UnitState of = ref state.Unit[unit];
        if (of.IsOnTrial)
            return UpdateRefusal.TrialRunning;
        if (rollback < of.Rollback)
            return UpdateRefusal.Downgrade;
        of.SetBad(of.Other, false);
        of.TrialRollback = rollback;
        return UpdateRefusal.None;
    }

    /// <summary>Puts the other slot of each unit on trial.</summary>
    /// <param name="units">A bit each.</param>
    /// <param name="tries">How often each may be launched before it must have been confirmed.</param>
    public static UpdateRefusal Activate(ref StateRecord state, uint units, byte tries)
    {
        if (units == 0 || units >> UpdateUnit.Count != 0 || tries == 0)
            return UpdateRefusal.NoSuchUnit;
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            ref UnitState of = ref state.Unit[unit];
            if (of.IsOnTrial)
                return UpdateRefusal.TrialRunning;
            if ((units >> unit & 1) != 0 && of.IsBad(of.Other))
                return UpdateRefusal.SlotNotReady;
        }
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((units >> unit & 1) == 0)
                continue;
            ref UnitState of = ref state.Unit[unit];
            of.Trial = 1;
            of.Tries = tries;
            of.IsHealthy = false;
        }
        return UpdateRefusal.None;
    }

    /// <summary>The tries of a set that is activated: those of its most impatient guest, by the table that runs.</summary>
    /// <param name="units">A bit each.</param>
    public static byte TriesOf(uint units, in ApplianceTable table)
    {
        bool hasGuest = false;
        uint tries = UpdatePolicy.MaxTries;
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            if ((units >> (UpdateUnit.FirstGuest + i) & 1) == 0)
                continue;
            hasGuest = true;
            tries = Math.Min(tries, table.Guest[i].Update.Tries);
        }
        return (byte)(hasGuest ? tries : UpdatePolicy.BoardTries);
    }

    /// <summary>A unit is about to be launched from its current slot. On trial that costs one of its tries; with none left the set is rolled back.</summary>
    /// <param name="last">Why it is launched again, should no try be left.</param>
    /// <returns>Whether the record changed, which must be kept before the launch.</returns>
    public static bool Launch(ref StateRecord state, int unit, BackReason last)
    {
        ref UnitState of = ref state.Unit[unit];
        if (!of.IsOnTrial)
            return false;
        if (of.Tries == 0)
            RollBack(ref state, last, unit);
        else
            of.Tries--;
        return true;
    }

    /// <summary>A unit on trial works. With the last one of its set the whole set is confirmed.</summary>
    /// <returns>Whether the record changed.</returns>
    public static bool ReportHealthy(ref StateRecord state, int unit)
    {
        ref UnitState reporter = ref state.Unit[unit];
        if (!reporter.IsOnTrial || reporter.IsHealthy)
            return false;
        reporter.IsHealthy = true;
        for (int i = 0; i < UpdateUnit.Count; i++)
        {
            if (state.Unit[i].IsOnTrial && !state.Unit[i].IsHealthy)
                return true;
        }
        for (int i = 0; i < UpdateUnit.Count; i++)
        {
            ref UnitState of = ref state.Unit[i];
            if (!of.IsOnTrial)
                continue;
            of.Active = (byte)of.Other;
            of.Rollback = Math.Max(of.Rollback, of.TrialRollback);
            EndTrial(ref of);
        }
        return true;
    }

    /// <summary>The set on trial goes back to its confirmed slots as one.</summary>
    /// <param name="by">The unit that is the reason; -1 for none.</param>
    /// <returns>The units that did, a bit each.</returns>
    public static uint RollBack(ref StateRecord state, BackReason reason, int by)
    {
        uint units = 0;
        for (int i = 0; i < UpdateUnit.Count; i++)
        {
            ref UnitState of = ref state.Unit[i];
            if (!of.IsOnTrial)
                continue;
            of.SetBad(of.Other, true);
            of.Back = reason;
            of.BackBy = by;
            EndTrial(ref of);
            units |= 1u << i;
        }
        return units;
    }

    /// <summary>
    /// The package in a unit's current slot was refused or is not to run again. On trial the set is rolled back; a
    /// confirmed one gives way to the other slot, unless that is bad as well.
    /// </summary>
    /// <returns>Whether there is another slot to launch; if so, or on trial, the record changed.</returns>
    public static bool Refuse(ref StateRecord state, int unit, BackReason reason)
    {
        ref UnitState of = ref state.Unit[unit];
        if (of.IsOnTrial)
        {
            RollBack(ref state, reason, unit);
            return true;
        }
        if (of.IsBad(of.Other))
            return false;
        of.SetBad(of.Active, true);
        of.Active = (byte)of.Other;
        of.Back = reason;
        of.BackBy = unit;
        return true;
    }

    /// <summary>The units on trial, a bit each.</summary>
    public static uint OnTrial(ref StateRecord state)
    {
        uint units = 0;
        for (int i = 0; i < UpdateUnit.Count; i++)
            units |= (uint)state.Unit[i].Trial << i;
        return units;
    }

    private static void EndTrial(ref UnitState of)
    {
        of.Trial = 0;
        of.Tries = 0;
        of.TrialRollback = 0;
        of.IsHealthy = false;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Updates;

/// <summary>
/// What the board's flash may say of updates, seen from outside and over every loss of power: each record that is written
/// is a step that somebody had reason to take, each slot that is written is one that nothing runs from, and what runs is
/// whole, signed, allowed to, and of one set.
/// </summary>
internal sealed class UpdateLedger
{
    private const uint BoardUnits = 1u << UpdateUnit.Hypervisor | 1u << UpdateUnit.Table;

    private readonly Life _life;
    // The newest record that is certain to be kept; those after it that may be.
    private StateRecord _kept;
    private readonly List<StateRecord> _maybe = [];
    private UpdateTrial? _trial;
    // The one that ended last, while power was on: a load that began before may come to its end.
    private UpdateTrial? _ended;
    private readonly UnitVersion?[] _running = new UnitVersion?[UpdateUnit.Count];
    // Guests, a bit each: what runs on trial has said that it works; some version has, since power came.
    private uint _said, _saidSincePower;
    private uint _concerned;

    /// <summary>Guests that an operator may have spoken for.</summary>
    public uint SpokenFor;

    /// <summary>Since power came, flash did not do what it was told.</summary>
    public bool HasFlashFailed;

    public UpdateLedger(Life life)
    {
        _life = life;
        _kept = FindNewest();
    }

    private Appliance Appliance => _life.Appliance;

    /// <summary>The index that was confirmed for a unit.</summary>
    public ulong IndexOf(int unit) => _kept.Unit[unit].Rollback;

    public bool IsTrialOn => _trial is not null;

    /// <summary>Whether a version of the guest is on trial, be it the one that runs or not yet.</summary>
    public bool IsOnTrial(int guest) => _trial?.Has(UpdateUnit.FirstGuest + guest) == true;

    /// <summary>Power comes, or came back: the record that the next boot will find is one that was written, and none before the last that was kept.</summary>
    public void PowerOn()
    {
        StateRecord found = FindNewest();
        if (!AreEqual(found, _kept))
        {
            if (!_maybe.Any(record => AreEqual(record, found)))
            {
                _life.Fail($"the record of updates that is found is number {found.Sequence}, and number {_kept.Sequence} was kept");
                return;
            }
            Adopt(found);
        }
        _maybe.Clear();
        _ended = null;
        Array.Clear(_running);
        _said = _saidSincePower = _concerned = SpokenFor = 0;
        HasFlashFailed = false;
    }

    /// <summary>Flash is about to be erased there.</summary>
    public void Erases(ulong offset)
    {
        if (IsState(offset))
            return;
        CheckSlot(offset, IFlash.EraseBlock);
    }

    public void Programs(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (!IsState(offset))
        {
            CheckSlot(offset, (ulong)bytes.Length);
            return;
        }
        StateRecord record = MemoryMarshal.Read<StateRecord>(bytes);
        Check(bytes.Length == StateRecord.Size && record.IsValid, "what is written as a record is none");
        // Where one of two tries failed, the same may be there twice.
        Check(record.Sequence > _kept.Sequence || AreEqual(record, _kept), "a record is written with a number that was used up");
        CheckStep(in record);
        _maybe.Add(record);
    }

    public void Flushed()
    {
        StateRecord found = FindNewest();
        if (AreEqual(found, _kept))
            return;
        Check(_maybe.Any(record => AreEqual(record, found)), "flash has a record that nobody wrote");
        Adopt(found);
        _maybe.RemoveAll(record => record.Sequence <= found.Sequence);
    }

    /// <summary>Whether the record that counts is there: were that not read, the one before it would be right.</summary>
    public bool IsNewest(ulong offset)
    {
        StateRecord there = default;
        if (IsState(offset))
            _life.Flash.Read(offset, StateRecord.BytesOf(ref there));
        return there.IsValid && AreEqual(there, _kept);
    }

    /// <summary>The version that a slot holds, whole; null for none.</summary>
    public UnitVersion? Find(int unit, int slot)
    {
        ImageRange range = Appliance.Slot(unit, slot);
        foreach (UnitVersion version in Enumerable.Reverse(Appliance.Versions[unit]))
        {
            byte[] found = new byte[Math.Min(version.Stored.Length, (int)range.Size)];
            _life.Flash.Read(range.Offset, found);
            if (found.AsSpan().SequenceEqual(version.Stored))
                return version;
        }
        return null;
    }

    /// <summary>A version is about to run.</summary>
    public void Launches(int unit, UnitVersion? version)
    {
        if (version is null)
        {
            _life.Fail($"unit {unit}: what is launched is no version of it");
            return;
        }
        _said &= ~GuestBit(unit);
        _running[unit] = version;
        Check(version.Rollback >= _kept.Unit[unit].Rollback, $"unit {unit}: index {version.Rollback} is launched, and {_kept.Unit[unit].Rollback} was confirmed");
        if (version == Find(unit, Remembered(unit).Active))
            return;
        UpdateTrial? trial = _trial?.Version[unit] == version ? _trial : _ended?.Version[unit] == version ? _ended : null;
        if (trial is null)
        {
            _life.Fail($"unit {unit}: a version is launched that nobody activated");
            return;
        }
        trial.Launches[unit]++;
        _life.Trace($"unit {unit} is launched on trial, time {trial.Launches[unit]} of {trial.Granted[unit]}");
        Check(trial.Launches[unit] <= trial.Granted[unit] - (trial == _trial ? _kept.Unit[unit].Tries : 0), $"unit {unit}: launch {trial.Launches[unit]} of {trial.Granted[unit]}, and {_kept.Unit[unit].Tries} are left by what is kept");
    }

    /// <summary>A guest says that it works, or does what counts as saying so.</summary>
    public void Says(int guest)
    {
        int unit = UpdateUnit.FirstGuest + guest;
        _saidSincePower |= 1u << guest;
        if (_trial?.Version[unit] is { } version && version == _running[unit])
            _said |= 1u << guest;
    }

    /// <summary>Whether a guest may be stopped because of somebody's update.</summary>
    public bool Concerns(int guest) => (_concerned & 1u << UpdateUnit.FirstGuest + guest) != 0;

    /// <summary>All is at rest: what runs is what the record says, and nobody waits for anything.</summary>
    public void CheckSettled(Board board)
    {
        ref StateRecord record = ref Record;
        if (!HasFlashFailed)
            Check(UnitsOf(in record).SequenceEqual(UnitsOf(in _kept)), "the record in memory is not the one that is kept");
        for (int unit = 0; unit < Appliance.Versions.Length; unit++)
        {
            int guest = unit - UpdateUnit.FirstGuest;
            Check(Find(unit, record.Unit[unit].Active) is not null, $"unit {unit}: its active slot holds no version");
            if (guest >= 0 && board.Partitions[guest].State != (int)GuestState.Running)
                continue;
            Check(_running[unit] == Find(unit, record.Unit[unit].Current), $"unit {unit} does not run what the record says");
            Check(guest < 0 || !record.Unit[unit].IsOnTrial || record.Unit[unit].IsHealthy || HasFlashFailed, $"guest{guest} is on trial, and nothing comes of it");
        }
    }

    // The slot is its unit's other one, which the flash already says is not to be launched, and its bundle was found good.
    private void CheckSlot(ulong offset, ulong length)
    {
        for (int unit = 0; unit < Appliance.Versions.Length; unit++)
        {
            for (int slot = 0; slot < 2; slot++)
            {
                ImageRange range = Appliance.Slot(unit, slot);
                if (offset - range.Offset >= range.Size)
                    continue;
                UnitState of = _kept.Unit[unit];
                Check(offset + length <= range.Offset + range.Size, $"unit {unit}: what is written goes beyond slot {slot}");
                Check(slot != of.Active && !of.IsOnTrial, $"unit {unit}: slot {slot} is written, and runs");
                Check(of.IsBad(slot), $"unit {unit}: slot {slot} is written, and a boot would launch it");
                Check(_life.Updater.Bundle?.MayReach(unit, of.Rollback) == true, $"unit {unit}: slot {slot} is written, and no good bundle is for it");
                return;
            }
        }
        _life.Fail($"flash is written at {offset:x}, where no slot is");
    }

    // From the record that is kept to the next one.
    private void CheckStep(in StateRecord next)
    {
        uint begun = 0, ended = 0, confirmed = 0, before = 0;
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            UnitState was = _kept.Unit[unit], of = next.Unit[unit];
            before |= was.IsOnTrial ? 1u << unit : 0;
            begun |= !was.IsOnTrial && of.IsOnTrial ? 1u << unit : 0;
            ended |= was.IsOnTrial && !of.IsOnTrial ? 1u << unit : 0;
            bool isConfirmed = was.IsOnTrial && !of.IsOnTrial && of.Active != was.Active;
            confirmed |= isConfirmed ? 1u << unit : 0;
            if (isConfirmed)
                Check(of.Rollback == Math.Max(was.Rollback, _trial!.Version[unit]!.Rollback), $"unit {unit} is confirmed with index {of.Rollback}");
            else
                Check(of.Rollback == was.Rollback, $"unit {unit}: its index goes to {of.Rollback} without a confirmation");
            if (was.IsOnTrial && of.IsOnTrial)
                Check(of.Active == was.Active && of.Tries <= was.Tries, $"unit {unit}: tries go from {was.Tries} to {of.Tries}");
            if (was.IsOnTrial && (of.IsHealthy && !was.IsHealthy || isConfirmed && !was.IsHealthy))
                Check(IsWorking(unit), $"unit {unit} is taken for healthy, and nobody said so");
            // Where a flush failed, an activation that was refused may have been kept by a later one: it never was on trial.
            if (was.IsOnTrial && !of.IsOnTrial && !isConfirmed)
                Check(of.IsBad(was.Other) || HasFlashFailed, $"unit {unit} goes back, and the slot it comes from may be launched again");
            if (!was.IsOnTrial && of.Active != was.Active)
                CheckRefusal(unit, of.Active);
            if (!was.IsOnTrial && was.IsBad(was.Other) && !of.IsBad(was.Other) && of.Active == was.Active)
                Check(HoldsBundle(unit, was.Other), $"unit {unit}: its other slot is said to be good");
        }
        Check(ended == 0 || ended == before, $"of the set {before:x} the units {ended:x} end their trial");
        Check(confirmed == 0 || confirmed == before, $"of the set {before:x} the units {confirmed:x} are confirmed");
        if (begun != 0)
            CheckActivation(begun, before, in next);
    }

    // Damage, or a policy that falls back, gives up a confirmed slot for the other.
    private void CheckRefusal(int unit, int slot)
    {
        bool mayFall = unit >= UpdateUnit.FirstGuest && Appliance.Table.Guest[unit - UpdateUnit.FirstGuest].Restart.Fallback != 0;
        Check(_life.Faulty || mayFall, $"unit {unit} gives up its slot");
        Check(Find(unit, slot) is not null, $"unit {unit} goes to a slot that holds no version");
    }

    private void CheckActivation(uint units, uint before, in StateRecord next)
    {
        Check(before == 0, $"units {units:x} are activated while {before:x} are on trial");
        Check(_life.Updater.Bundle is { Flaw: BundleFlaw.None } bundle && bundle.Units == units, $"units {units:x} are activated, and are no good bundle's");
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((units >> unit & 1) == 0)
                continue;
            Check(HoldsBundle(unit, next.Unit[unit].Other), $"unit {unit}: what is activated is not what was sent");
            Check(next.Unit[unit].Tries - 1 < TriesOf(units), $"unit {unit} is given {next.Unit[unit].Tries} tries");
        }
    }

    private int TriesOf(uint units)
    {
        int tries = (units & ~BoardUnits) == 0 ? (int)UpdatePolicy.BoardTries : int.MaxValue;
        for (int guest = 0; guest < Appliance.Guests; guest++)
        {
            if ((units >> UpdateUnit.FirstGuest + guest & 1) != 0)
                tries = Math.Min(tries, (int)Appliance.Table.Guest[guest].Update.Tries);
        }
        return tries;
    }

    private bool HoldsBundle(int unit, int slot) =>
        _life.Updater.Bundle is { Flaw: BundleFlaw.None } bundle && Find(unit, slot) is { } version && bundle.Parts.Contains(version);

    // A guest for itself; the board by all whose word is asked for, and by having started the others.
    private bool IsWorking(int unit)
    {
        if (unit >= UpdateUnit.FirstGuest)
            return (_said & GuestBit(unit)) != 0 || (SpokenFor & GuestBit(unit)) != 0 && _running[unit] == _trial?.Version[unit];
        if (_running[unit] != _trial?.Version[unit])
            return false;
        for (int guest = 0; guest < Appliance.Guests; guest++)
        {
            ref GuestEntry entry = ref Appliance.Table.Guest[guest];
            bool isWorking = entry.Update.IsRequired != 0 ? ((_saidSincePower | SpokenFor) >> guest & 1) != 0
                : (entry.Flags & GuestFlags.AutoStart) == 0 || _running[UpdateUnit.FirstGuest + guest] is not null;
            if (!isWorking)
                return false;
        }
        return true;
    }

    private void Adopt(in StateRecord next)
    {
        uint begun = 0, ended = 0;
        bool isConfirmed = false;
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            UnitState was = _kept.Unit[unit], of = next.Unit[unit];
            begun |= !was.IsOnTrial && of.IsOnTrial ? 1u << unit : 0;
            ended |= was.IsOnTrial && !of.IsOnTrial ? 1u << unit : 0;
            isConfirmed |= was.IsOnTrial && !of.IsOnTrial && of.Active != was.Active;
            if (!was.IsOnTrial && of.Active != was.Active)
                _concerned |= 1u << unit;
        }
        _kept = next;
        if (ended != 0)
        {
            _life.Trace($"the set {ended:x} is {(isConfirmed ? "confirmed" : "rolled back")}");
            (_ended, _trial) = (_trial, null);
            _life.Tally.Confirmed += isConfirmed ? 1 : 0;
            _life.Tally.RolledBack += isConfirmed ? 0 : 1;
            _concerned |= isConfirmed ? 0 : ended;
        }
        if (begun != 0)
            Begin(begun, in next);
    }

    private void Begin(uint units, in StateRecord next)
    {
        _life.Trace($"the set {units:x} is on trial");
        _life.Tally.Activated++;
        _concerned |= units;
        _said = 0;
        if (!_life.Wire.HasKeys)
            SpokenFor = 0;
        _trial = new UpdateTrial(units);
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if (!_trial.Has(unit))
                continue;
            _trial.Version[unit] = Find(unit, next.Unit[unit].Other);
            _trial.Granted[unit] = next.Unit[unit].Tries;
        }
        // Another one may be on its way where a later flush kept the record of a set that was refused.
        if (_life.Updater.Bundle?.Units == units)
            _life.Updater.IsActivated();
    }

    // By looking at every place of both blocks.
    private StateRecord FindNewest()
    {
        StateRecord newest = default;
        newest.Reset();
        byte[] bytes = new byte[IFlash.EraseBlock];
        foreach (ImageRange block in new[] { Appliance.Config.State0, Appliance.Config.State1 })
        {
            _life.Flash.Read(block.Offset, bytes);
            foreach (ref readonly StateRecord record in MemoryMarshal.Cast<byte, StateRecord>(bytes))
            {
                if (record.Magic == StateRecord.ExpectedMagic && record.Sequence > newest.Sequence && record.IsValid)
                    newest = record;
            }
        }
        return newest;
    }

    private bool IsState(ulong offset) => offset < Appliance.Config.HypervisorA.Offset;

    // As the board has it in its memory.
    private static ref StateRecord Record => ref BoardUpdates<SimulatedArch>.Store(default).Record;

    // Before the board has read it, what is kept.
    private UnitState Remembered(int unit) => unit == UpdateUnit.Hypervisor ? _kept.Unit[unit] : Record.Unit[unit];

    private static uint GuestBit(int unit) => unit < UpdateUnit.FirstGuest ? 0 : 1u << unit - UpdateUnit.FirstGuest;

    private static ReadOnlySpan<byte> UnitsOf(in StateRecord record) => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in record.Unit, 1));

    private static bool AreEqual(StateRecord left, StateRecord right) => left.Sequence == right.Sequence && UnitsOf(in left).SequenceEqual(UnitsOf(in right));

    private void Check(bool holds, string violation) => _life.Check(holds, violation);
}

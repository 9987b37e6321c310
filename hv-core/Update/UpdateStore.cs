using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// What a board's flash holds of updates: the state record, and where each unit's slots a and b lie. For one CPU at a
/// time.
/// </summary>
public struct UpdateStore<TFlash> where TFlash : struct, IFlash
{
    public TFlash Flash;

    private StateJournal<TFlash> _journal;
    // What holds: the record as the flash has it, or with what went back although the flash did not keep that.
    private StateRecord _holds;
    // Something holds that the flash did not keep.
    private bool _isAhead;
    private Slots _slot;
    private uint _boardTrial;

    [InlineArray(2 * UpdateUnit.Count)]
    private struct Slots
    {
        private ImageRange _first;
    }

    /// <summary>Reads the record; the hypervisor's and the table's slots are known from then on. False where nothing was ever written: then all is as delivered.</summary>
    public bool Open(in FirstStageConfig config)
    {
        _slot = default;
        SetSlots(UpdateUnit.Hypervisor, in config.HypervisorA, in config.HypervisorB);
        SetSlots(UpdateUnit.Table, in config.TableA, in config.TableB);
        KeepsState = config.State0.Size >= IFlash.EraseBlock && config.State1.Size >= IFlash.EraseBlock;
        bool isThere = false;
        if (KeepsState)
            isThere = _journal.TryOpen(ref Flash, config.State0.Offset, config.State1.Offset);
        else
            Record.Reset();
        _holds = Record;
        return isThere;
    }

    /// <summary>The guests' slots, of a table that was checked.</summary>
    public void AddGuests(in ApplianceTable table)
    {
        for (int i = 0; i < (int)table.GuestCount; i++)
            SetSlots(UpdateUnit.FirstGuest + i, in table.Guest[i].SlotA, in table.Guest[i].SlotB);
    }

    /// <summary>False where the board has nowhere to write the record to: then nothing can be updated.</summary>
    public bool KeepsState { readonly get; private set; }

    /// <summary>Changed by <see cref="UpdateState"/>'s steps; kept by <see cref="TryKeep"/> before anything acts on it.</summary>
    [UnscopedRef]
    public ref StateRecord Record => ref _journal.Record;

    /// <summary>Whether a boot would find the record as it was after the last step: one back holds even where the flash did not keep it.</summary>
    public readonly bool IsKept => !_isAhead;

    /// <summary>
    /// At the hypervisor's start: where the first stage could not keep what it chose, its choice is made here. Otherwise one
    /// that never ran might be confirmed, or the slot written that the running one came from.
    /// </summary>
    public void BoardStarts(StartedSlot started)
    {
        if (started.IsKnown && Record.Unit[UpdateUnit.Hypervisor].Current != started.Which)
            Refuse(UpdateUnit.Hypervisor, BackReason.Flash, out _);
        bool isUnknown = !started.IsKnown && Record.Unit[UpdateUnit.Hypervisor].IsOnTrial;
        _boardTrial = isUnknown ? 0 : UpdateState.OnTrial(ref Record) & UpdateUnit.OfBoard;
    }

    /// <summary>The board's own units that run on trial, a bit each. What was activated since its start has yet to run.</summary>
    public readonly uint BoardTrial => _boardTrial;

    /// <summary>False when the flash refused: then the record is again as it held before.</summary>
    public bool TryKeep()
    {
        bool isKept = KeepsState && _journal.TryAppend(ref Flash);
        ulong sequence = Record.Sequence;
        if (isKept)
        {
            Hold();
            _isAhead = false;
        }
        else
            Record = _holds;
        // A number that may have reached the flash is never used for something else.
        Record.Sequence = sequence;
        return isKept;
    }

    /// <summary>
    /// Before a launch: a unit on trial uses up a try. What cannot be kept is not tried: then, and when no try is left, the
    /// set goes back.
    /// </summary>
    /// <param name="last">Why it is launched again, should no try be left.</param>
    /// <returns>The units that went back, a bit each.</returns>
    public uint Launch(int unit, BackReason last = BackReason.Tries)
    {
        uint before = UpdateState.OnTrial(ref Record);
        if (!UpdateState.Launch(ref Record, unit, last))
            return 0;
        if (!TryKeep())
        {
            UpdateState.RollBack(ref Record, BackReason.Flash, unit);
            HoldAhead();
        }
        return before & ~UpdateState.OnTrial(ref Record);
    }

    /// <summary>
    /// What is in a unit's current slot is not to be launched again. Where the flash does not keep that, it holds until the
    /// next boot, which finds out for itself.
    /// </summary>
    /// <returns>Whether there is another slot to launch.</returns>
    public bool Refuse(int unit, BackReason reason, out uint wentBack)
    {
        uint before = UpdateState.OnTrial(ref Record);
        bool hasOther = UpdateState.Refuse(ref Record, unit, reason);
        if (hasOther)
            KeepOrHold();
        wentBack = before & ~UpdateState.OnTrial(ref Record);
        return hasOther;
    }

    /// <summary>The set on trial goes back.</summary>
    /// <param name="by">The unit that is the reason; -1 for none.</param>
    /// <returns>The units that did, a bit each.</returns>
    public uint RollBack(BackReason reason, int by)
    {
        uint units = UpdateState.RollBack(ref Record, reason, by);
        if (units != 0)
            KeepOrHold();
        return units;
    }

    /// <summary>Whether the appliance has the unit, with two slots.</summary>
    public readonly bool CanUpdate(int unit) => Slot(unit, 0).Size != 0 && Slot(unit, 1).Size != 0;

    /// <summary>A range of the image; empty where the appliance has no such slot.</summary>
    /// <param name="unit">See <see cref="UpdateUnit"/>.</param>
    /// <param name="which">0 for a, 1 for b.</param>
    public readonly ImageRange Slot(int unit, int which) => (uint)unit < UpdateUnit.Count ? _slot[2 * unit + (which & 1)] : default;

    /// <summary>The slot that a unit runs from, or would.</summary>
    public readonly ImageRange Current(int unit) => Slot(unit, _journal.Record.Unit[unit].Current);

    // Where the flash does not keep it, it holds until the next boot.
    private void KeepOrHold()
    {
        StateRecord wanted = Record;
        if (TryKeep())
            return;
        wanted.Sequence = Record.Sequence;
        Record = wanted;
        HoldAhead();
    }

    private void HoldAhead()
    {
        Hold();
        _isAhead = true;
    }

    // A trial that has ended is over for good: the next one of the same unit has yet to run.
    private void Hold()
    {
        _holds = Record;
        _boardTrial &= UpdateState.OnTrial(ref Record);
    }

    private void SetSlots(int unit, in ImageRange a, in ImageRange b)
    {
        _slot[2 * unit] = a;
        _slot[2 * unit + 1] = b;
    }
}

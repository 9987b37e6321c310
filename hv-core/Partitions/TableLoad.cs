using System;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Update;

namespace Bulkhead.Partitions;

/// <summary>Brings the appliance table from the image into the hypervisor's own RAM.</summary>
public static class TableLoad<TArch, TRules>
    where TArch : struct, IArch
    where TRules : struct, ITableRules
{
    /// <summary>The slot that the state record says, or the other when that one does not check. With neither there is nothing to run, and the board stops.</summary>
    public static void Run(in FirstStageConfig config, StartedSlot started, ref ApplianceTable table)
    {
        ApplianceTables.Use(ref table);
        if (config.Magic != FirstStageConfig.ExpectedMagic || !TryChoose(in config, started, ref table))
            HypervisorLog<TArch>.Refuse("no appliance table in either slot checks; write the image to flash again"u8);
        if (!config.Roots.AreKnown)
            Warn();
    }

    private static bool TryChoose(in FirstStageConfig config, StartedSlot started, ref ApplianceTable table)
    {
        BoardUpdates<TArch>.Open(in config, started);
        SpinLock.Guard held = BoardUpdates<TArch>.Enter();
        ref UpdateStore<BoardFlash<TArch>> store = ref BoardUpdates<TArch>.Store(held);
        uint wentBack = store.Launch(UpdateUnit.Table);
        UnitState state = store.Record.Unit[UpdateUnit.Table];
        int other = state.Current ^ 1;
        bool isFound = TryCopy(store.Slot(UpdateUnit.Table, state.Current), in config.Roots, state.Rollback, ref table);
        if (!isFound && !state.IsBad(other) && TryCopy(store.Slot(UpdateUnit.Table, other), in config.Roots, state.Rollback, ref table))
            isFound = store.Refuse(UpdateUnit.Table, BackReason.Package, out wentBack);
        if (isFound)
            store.AddGuests(in table);
        bool isOnTrial = (store.BoardTrial & 1u << UpdateUnit.Hypervisor) != 0;
        BoardUpdates<TArch>.Exit(held);
        // A hypervisor that was on trial with the table must not run beside the old one.
        if ((wentBack & 1u << UpdateUnit.Hypervisor) != 0)
        {
            BoardConsole<TArch>.Flush();
            TArch.ResetBoard();
        }
        if (isOnTrial && isFound)
            TrialWatchdog<TArch>.Begin();
        return isFound;
    }

    private static bool TryCopy(ImageRange slot, in RootDigests roots, ulong rollback, ref ApplianceTable table)
    {
        Span<byte> room = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref table, 1));
        ImageRange stored = new() { Offset = slot.Offset, Size = Math.Min(slot.Size, (ulong)(uint)room.Length) };
        TableError error = TableError.Truncated;
        if (TArch.TryReadImage(stored, room.Slice(0, (int)stored.Size), out ReadOnlySpan<byte> bytes))
            error = ApplianceTableReader.Read<TRules>(bytes, ref table, out _);
        // The copy's digest has just been checked.
        if (error == TableError.None && roots.AreKnown && !IsSigned(slot, in roots, in table.Digest))
            error = TableError.BadSignature;
        if (error == TableError.None && table.Rollback < rollback)
            error = TableError.Downgrade;
        if (error == TableError.None)
            return true;
        LogLine line = default;
        line.Add("appliance table: "u8);
        line.Add(TableErrorText.Of(error));
        HypervisorLog<TArch>.Write(ref line);
        return false;
    }

    private static bool IsSigned(ImageRange slot, in RootDigests roots, in Digest256 digest)
    {
        RootSignature signature = default;
        Span<byte> room = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref signature, 1));
        ImageRange range = new() { Offset = slot.Offset + ApplianceTable.SignatureOffset, Size = RootSignature.Size };
        if (slot.Size < ApplianceTable.SignatureOffset + RootSignature.Size || !TArch.TryReadImage(range, room, out ReadOnlySpan<byte> bytes))
            return false;
        if (TArch.IsImageMapped)
            bytes.CopyTo(room);
        return signature.IsFor(in digest, in roots);
    }

    // Nobody is to find out in the field.
    private static void Warn()
    {
        LogLine line = default;
        line.Add("WARNING: keys: none. Nothing on this board is signed; whoever can write its flash owns it. For development only"u8);
        HypervisorLog<TArch>.Write(ref line);
    }
}

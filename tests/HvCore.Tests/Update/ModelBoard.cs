using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>
/// A board that boots, is updated, and remembers outside of itself what it had been told was done. Its packages are a
/// header page that names version, rollback index and length, with a digest over all.
/// </summary>
internal sealed class ModelBoard
{
    public const byte Tries = 2;
    private const ulong State0 = 0, State1 = IFlash.EraseBlock, FirstSlot = 2 * IFlash.EraseBlock;
    private const ulong SlotSize = 2 * IFlash.EraseBlock;

    private ModelFlash _flash;
    private StateJournal<ModelFlash> _journal;

    public ModelBoard(FlashModel model) => (Model, _flash) = (model, new ModelFlash(model));

    public FlashModel Model { get; }

    /// <summary>How often each version was launched, by unit; and what must hold for ever once it was reported done. Both outlive a power cut.</summary>
    public required Dictionary<(int Unit, int Version), int> Launches { get; init; }
    public required int[] Confirmed { get; init; }

    public ref StateRecord State => ref _journal.Record;

    public static ModelBoard Delivered(bool isDisk)
    {
        ModelBoard board = new(new FlashModel(isDisk)) { Launches = [], Confirmed = new int[UpdateUnit.Count] };
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
            board.Write(unit, 0, Package(unit, 1, 1, 3000));
        Assert(!board._journal.TryOpen(ref board._flash, State0, State1), "an erased journal has no record");
        Assert(board._journal.TryAppend(ref board._flash), "append");
        Array.Fill(board.Confirmed, 1);
        return board;
    }

    /// <summary>The same board as the cut left it, or before anything happened.</summary>
    public ModelBoard With(FlashModel model) => new(model) { Launches = new(Launches), Confirmed = [.. Confirmed] };

    public void OpenOnly() => _journal.TryOpen(ref _flash, State0, State1);

    /// <summary>What runs afterwards: a version per unit, 0 where nothing may.</summary>
    public int[] Boot()
    {
        Assert(_journal.TryOpen(ref _flash, State0, State1), "there is always a record");
        int[] versions = new int[UpdateUnit.Count];
        bool again = true;
        while (again)
        {
            again = false;
            for (int unit = 0; unit < UpdateUnit.Count; unit++)
            {
                uint before = UpdateState.OnTrial(ref State);
                versions[unit] = Launch(unit);
                // Those launched before the set went back are launched again.
                again |= before != 0 && UpdateState.OnTrial(ref State) == 0;
            }
        }
        return versions;
    }

    private int Launch(int unit)
    {
        while (true)
        {
            if (UpdateState.Launch(ref State, unit, BackReason.Tries))
                Keep();
            UnitState of = State.Unit[unit];
            if (TryVerify(unit, of.Current, out int version, out ulong rollback) && rollback >= of.Rollback)
            {
                if (of.IsOnTrial)
                    Launches[(unit, version)] = Launches.GetValueOrDefault((unit, version)) + 1;
                return version;
            }
            if (!UpdateState.Refuse(ref State, unit, BackReason.Package))
                return 0;
            Keep();
        }
    }

    /// <summary>Brings packages into the slots that do not run, and puts them on trial as one set.</summary>
    public UpdateRefusal Update(int version, ulong rollback, int size, params int[] units)
    {
        foreach (int unit in units)
        {
            UpdateRefusal refusal = UpdateState.Stage(ref State, unit);
            if (refusal != UpdateRefusal.None)
                return refusal;
            Keep();
            int slot = State.Unit[unit].Other;
            Write(unit, slot, Package(unit, version, rollback, size));
            Assert(TryVerify(unit, slot, out _, out ulong index), "what was just written verifies");
            refusal = UpdateState.Accept(ref State, unit, index);
            if (refusal != UpdateRefusal.None)
                return refusal;
        }
        UpdateRefusal activation = UpdateState.Activate(ref State, units.Aggregate(0u, (set, unit) => set | 1u << unit), Tries);
        if (activation == UpdateRefusal.None)
            Keep();
        return activation;
    }

    public void ReportHealthy(params int[] units)
    {
        foreach (int unit in units)
        {
            if (UpdateState.ReportHealthy(ref State, unit))
                Keep();
        }
        // From here on the updater has been told.
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if (!State.Unit[unit].IsOnTrial && TryVerify(unit, State.Unit[unit].Active, out int version, out _))
                Confirmed[unit] = version;
        }
    }

    /// <summary>The time for health has run out.</summary>
    public void TimeOut()
    {
        if (UpdateState.RollBack(ref State, BackReason.Unconfirmed, -1) != 0)
            Keep();
    }

    public void Damage(int unit, int slot) => _flash.TryProgram(Slot(unit, slot) + 4096, new byte[IFlash.ProgramUnit]);

    public ulong RollbackOf(int unit) => State.Unit[unit].Rollback;

    public bool TryVerify(int unit, int slot, out int version, out ulong rollback)
    {
        (version, rollback) = (0, 0);
        byte[] header = new byte[PackageHeader.StoredSize];
        _flash.TryRead(Slot(unit, slot), header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        if (BinaryPrimitives.ReadInt32LittleEndian(header) != unit + 77 || length < header.Length || length > (int)SlotSize)
            return false;
        byte[] package = new byte[length];
        _flash.TryRead(Slot(unit, slot), package);
        if (!SHA256.HashData(package.AsSpan(64)).AsSpan().SequenceEqual(package.AsSpan(32, 32)))
            return false;
        version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(64));
        rollback = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(68));
        return true;
    }

    /// <summary>One more record that says the same.</summary>
    public void KeepAgain() => Keep();

    private void Keep() => Assert(_journal.TryAppend(ref _flash), "append");

    private void Write(int unit, int slot, byte[] package)
    {
        SlotWriter writer = default;
        Assert(writer.TryBegin(new ImageRange { Offset = Slot(unit, slot), Size = SlotSize }, (ulong)package.Length), "begin");
        // Pieces that respect nothing.
        Random random = new(package.Length + unit);
        for (int done = 0; done < package.Length;)
        {
            int piece = Math.Min(random.Next(1, 3000), package.Length - done);
            Assert(writer.TryWrite(ref _flash, package.AsSpan(done, piece)), "write");
            done += piece;
        }
        Assert(writer.TryFinish(ref _flash), "finish");
    }

    private static byte[] Package(int unit, int version, ulong rollback, int payload)
    {
        byte[] package = new byte[PackageHeader.StoredSize + payload];
        new Random(unit * 1000 + version).NextBytes(package);
        BinaryPrimitives.WriteInt32LittleEndian(package, unit + 77);
        BinaryPrimitives.WriteInt32LittleEndian(package.AsSpan(12), package.Length);
        BinaryPrimitives.WriteInt32LittleEndian(package.AsSpan(64), version);
        BinaryPrimitives.WriteUInt64LittleEndian(package.AsSpan(68), rollback);
        SHA256.HashData(package.AsSpan(64)).CopyTo(package, 32);
        return package;
    }

    private static ulong Slot(int unit, int slot) => FirstSlot + (ulong)(2 * unit + slot) * SlotSize;

    private static void Assert(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }
}

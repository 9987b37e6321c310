using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// The update service (docs/abi.md): one command a line in, lines out. It is the same for the management console and the
/// control guest; whoever calls sees to it that one command is carried out at a time.
/// </summary>
public struct UpdateService
{
    private const int DataSize = 192;

    private UpdateSession _session;
    private UpdateLog _log;

    [InlineArray(DataSize)]
    private struct DataRoom
    {
        private byte _first;
    }

    /// <summary>For what happens to updates elsewhere: a trial that ends, a slot that is refused.</summary>
    public void Note(ulong milliseconds, ReadOnlySpan<byte> text) => _log.Add(milliseconds, text);

    /// <summary>Whether a line's first word is one of this service's commands.</summary>
    public static bool IsCommand(ReadOnlySpan<byte> line) => CommandOf(new LineWords(line).Next()) >= 0;

    /// <param name="line">Without its end.</param>
    public void Obey<TFlash, TBoard>(ReadOnlySpan<byte> line, ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        LineWords words = new(line);
        ReadOnlySpan<byte> word = words.Next();
        // Our own answers, as a terminal that echoes sends them back.
        if (line.Length == 0 || TextList.Find(AnswerWords, word) >= 0 || word.SequenceEqual("log"u8) && !words.IsOver)
            return;
        LogLine answer = default;
        ServiceError error = CommandOf(word) switch
        {
            0 => Slots(ref words, ref store, in table, ref board),
            1 => Begin(ref words, ref answer, ref board),
            2 => Data(ref words, ref store, in table, in roots, ref answer, ref board),
            3 => Verify(ref words, ref store, ref answer, ref board),
            4 => Activate(ref words, ref store, in table, ref board),
            5 => Confirm(ref words, ref store, in table, ref board),
            6 => RollBack(ref words, ref store, in table, ref board),
            7 => Abort(ref words, ref board),
            8 => Status(ref words, ref store, in table, ref board),
            9 => Log(ref words, ref board),
            _ => ServiceError.UnknownCommand,
        };
        if (error == ServiceError.None)
            SayOk(ref answer, ref board);
        else
            Refuse(error, in table, ref board);
    }

    private static int CommandOf(ReadOnlySpan<byte> word) =>
        TextList.Find("slots\0begin\0data\0verify\0activate\0confirm\0rollback\0abort\0status\0log\0"u8, word);

    private static ReadOnlySpan<byte> AnswerWords => "ok\0error\0unit\0slot\0bundle\0trial\0manage:\0"u8;

    private readonly ServiceError Slots<TFlash, TBoard>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        int wanted = -1;
        if (!words.IsOver && (wanted = UpdateUnitNames.Find(words.Next(), in table)) < 0)
            return ServiceError.UnknownGuest;
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        for (int unit = 0; unit < UpdateUnit.FirstGuest + (int)table.GuestCount; unit++)
        {
            if (wanted >= 0 && unit != wanted)
                continue;
            SlotLines.SayUnit(unit, in store.Record.Unit[unit], in table, ref board);
            for (int slot = 0; wanted >= 0 && slot < 2; slot++)
            {
                if (!SlotLines.TrySaySlot(unit, slot, ref store, in table, ref board))
                    return ServiceError.Flash;
            }
        }
        return ServiceError.None;
    }

    private ServiceError Begin<TBoard>(ref LineWords words, ref LogLine answer, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        if (!words.TryNumber(out ulong length))
            return ServiceError.UnknownCommand;
        bool isNamed = !words.IsOver;
        Digest256 name = default;
        if (isNamed && !Hexadecimal.TryRead(words.Next(), MemoryMarshal.CreateSpan(ref name[0], 32)) || !words.IsOver)
            return ServiceError.UnknownCommand;
        ServiceError error = _session.Begin(length, in name, isNamed, out ulong next);
        answer.AddDecimal(next);
        if (error == ServiceError.None && next == 0)
            Note("a bundle is being received"u8, ref board);
        return error;
    }

    private ServiceError Data<TFlash, TBoard>(
        ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots, ref LogLine answer, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.TryNumber(out ulong offset))
            return ServiceError.UnknownCommand;
        Unsafe.SkipInit(out DataRoom bytes);
        Span<byte> room = MemoryMarshal.CreateSpan(ref bytes[0], DataSize);
        int count = words.IsOver ? -1 : Base64.Decode(words.Next(), room);
        if (count < 0 || !words.IsOver)
            return ServiceError.BadData;
        BundleStage before = _session.Stage;
        ServiceError error = _session.Take(offset, room.Slice(0, count), ref store, in table, in roots);
        answer.AddDecimal(offset + (ulong)(uint)count);
        if (error == ServiceError.None && before != _session.Stage)
            Note("the bundle is written"u8, ref board);
        return error;
    }

    private ServiceError Verify<TFlash, TBoard>(ref LineWords words, ref UpdateStore<TFlash> store, ref LogLine answer, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        BundleStage before = _session.Stage;
        ServiceError error = _session.Verify(ref store);
        answer.AddDecimal(_session.Done);
        answer.Add((byte)' ');
        answer.AddDecimal(_session.Length);
        if (error == ServiceError.None && before != _session.Stage && _session.Stage == BundleStage.Verified)
            Note("the bundle is verified"u8, ref board);
        return error;
    }

    private ServiceError Activate<TFlash, TBoard>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        ServiceError error = _session.Activate(ref store, out uint units);
        if (error != ServiceError.None)
            return error;
        Note("on trial: "u8, units, in table, ref board);
        board.Activated(units);
        return ServiceError.None;
    }

    private ServiceError Confirm<TFlash, TBoard>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        uint trial = UpdateState.OnTrial(ref store.Record);
        uint wanted = trial;
        if (!words.IsOver)
        {
            int unit = UpdateUnitNames.Find(words.Next(), in table);
            if (!words.IsOver)
                return ServiceError.UnknownCommand;
            if (unit < 0)
                return ServiceError.UnknownGuest;
            wanted = trial & 1u << unit;
        }
        if (wanted == 0)
            return ServiceError.NoTrial;
        bool changes = false;
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
            changes |= (wanted >> unit & 1) != 0 && UpdateState.ReportHealthy(ref store.Record, unit);
        if (changes && !store.TryKeep())
            return ServiceError.Flash;
        if (UpdateState.OnTrial(ref store.Record) != 0)
            return ServiceError.None;
        Note("confirmed: "u8, trial, in table, ref board);
        board.Confirmed(trial);
        return ServiceError.None;
    }

    private ServiceError RollBack<TFlash, TBoard>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        uint units = UpdateState.RollBack(ref store.Record);
        if (units == 0)
            return ServiceError.NoTrial;
        if (!store.TryKeep())
            return ServiceError.Flash;
        Note("rolled back as asked: "u8, units, in table, ref board);
        board.RolledBack(units);
        return ServiceError.None;
    }

    private ServiceError Abort<TBoard>(ref LineWords words, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        if (_session.Stage == BundleStage.None)
            return ServiceError.NoBundle;
        _session.Forget();
        Note("the bundle is forgotten, as asked"u8, ref board);
        return ServiceError.None;
    }

    private readonly ServiceError Status<TFlash, TBoard>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        LogLine line = default;
        line.Add("bundle "u8);
        line.Add(TextList.At("none\0receiving\0written\0verifying\0verified\0"u8, (int)_session.Stage));
        line.Add((byte)' ');
        line.AddDecimal(_session.Done);
        line.Add((byte)' ');
        line.AddDecimal(_session.Length);
        line.Add((byte)' ');
        Digest256 name = _session.Name;
        Hexadecimal.Add(ref line, in name);
        board.Say(ref line);
        uint trial = UpdateState.OnTrial(ref store.Record);
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((trial >> unit & 1) == 0)
                continue;
            line = default;
            line.Add("trial "u8);
            line.Add(UpdateUnitNames.Of(unit, in table));
            board.Say(ref line);
        }
        return ServiceError.None;
    }

    private ServiceError Log<TBoard>(ref LineWords words, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        for (int i = 0; i < _log.Count; i++)
        {
            ReadOnlySpan<byte> text = _log.At(i, out ulong milliseconds);
            LogLine line = default;
            line.Add("log "u8);
            line.AddDecimal(milliseconds);
            line.Add((byte)' ');
            line.Add(text);
            board.Say(ref line);
        }
        return ServiceError.None;
    }

    private static void SayOk<TBoard>(ref LogLine detail, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        LogLine line = default;
        line.Add("ok"u8);
        if (detail.Bytes.Length != 0)
            line.Add((byte)' ');
        line.Add(detail.Bytes);
        board.Say(ref line);
    }

    private void Refuse<TBoard>(ServiceError error, in ApplianceTable table, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        LogLine line = default;
        line.Add("error "u8);
        line.Add(ServiceErrorText.Of(error));
        if (error == ServiceError.OutOfOrder)
        {
            line.Add((byte)' ');
            line.AddDecimal(_session.Stage == BundleStage.Receiving ? _session.Done : _session.Length);
        }
        else if (error is >= ServiceError.BadBundle and not ServiceError.NoTrial)
        {
            if (_session.RefusedUnit >= 0)
            {
                line.Add((byte)' ');
                line.Add(UpdateUnitNames.Of(_session.RefusedUnit, in table));
            }
            _log.Add(board.Milliseconds, line.Bytes);
        }
        board.Say(ref line);
    }

    private void Note<TBoard>(ReadOnlySpan<byte> text, ref TBoard board)
        where TBoard : struct, IUpdateBoard =>
        _log.Add(board.Milliseconds, text);

    private void Note<TBoard>(ReadOnlySpan<byte> text, uint units, in ApplianceTable table, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        LogLine line = default;
        line.Add(text);
        UpdateUnitNames.Add(ref line, units, in table);
        _log.Add(board.Milliseconds, line.Bytes);
    }
}

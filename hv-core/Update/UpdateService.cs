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
    // Of data: as text in a line, and what is taken at once.
    private const int TextSize = 192, PieceSize = 4096;

    private UpdateSession _session;
    private UpdateLog _log;
    private Piece _piece;

    [InlineArray(PieceSize)]
    private struct Piece
    {
        private byte _first;
    }

    /// <summary>For what happens to updates elsewhere: a trial that ends, a slot that is refused.</summary>
    public void Note(ulong milliseconds, ReadOnlySpan<byte> text) => _log.Add(milliseconds, text);

    /// <summary>Whether a line's first word is one of this service's commands.</summary>
    public static bool IsCommand(ReadOnlySpan<byte> line) => CommandOf(new LineWords(line).Next()) != Command.Unknown;

    /// <summary>Whether a line is for <see cref="Decide"/>, which the others must not keep the store from; else it is for <see cref="Obey"/>.</summary>
    public static bool IsDecision(ReadOnlySpan<byte> line) => CommandOf(new LineWords(line).Next()) >= Command.Activate;

    /// <summary>A command that looks at the store, or writes to slots that do not run.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="data">What came with it, where a channel has a place for that.</param>
    public void Obey<TFlash, TBoard, TAnswer>(
        ReadOnlySpan<byte> line, ForeignBytes data, ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots, ref TBoard board, ref TAnswer answer)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
        where TAnswer : struct, IAnswer, allows ref struct
    {
        LineWords words = new(line);
        ReadOnlySpan<byte> word = words.Next();
        // Our own answers, as a terminal that echoes sends them back.
        if (line.Length == 0 || TextList.Find(AnswerWords, word) >= 0 || word.SequenceEqual("log"u8) && !words.IsOver)
            return;
        LogLine detail = default;
        ServiceError error = CommandOf(word) switch
        {
            Command.Slots => Slots(ref words, ref store, in table, ref answer),
            Command.Begin => store.KeepsState ? Begin(ref words, ref detail, ref board) : ServiceError.NoUpdates,
            Command.Data => Data(ref words, data, ref store, in table, in roots, ref detail, ref board),
            Command.Verify => Verify(ref words, ref store, in table, ref detail, ref board),
            Command.Abort => Abort(ref words, ref board),
            Command.Status => Status(ref words, ref store, in table, ref answer),
            Command.Log => Log(ref words, ref answer),
            _ => ServiceError.UnknownCommand,
        };
        Answer(error, ref detail, in table, ref board, ref answer);
    }

    /// <summary>A command that changes which slots run. Nobody holds the store: the board takes it as it needs.</summary>
    public void Decide<TBoard, TAnswer>(ReadOnlySpan<byte> line, in ApplianceTable table, ref TBoard board, ref TAnswer answer)
        where TBoard : struct, IUpdateBoard
        where TAnswer : struct, IAnswer, allows ref struct
    {
        LineWords words = new(line);
        LogLine detail = default;
        ServiceError error = CommandOf(words.Next()) switch
        {
            Command.Activate => Activate(ref words, in table, ref board),
            Command.Confirm => Confirm(ref words, in table, ref board),
            _ => RollBack(ref words, ref board),
        };
        Answer(error, ref detail, in table, ref board, ref answer);
    }

    /// <summary>A refusal by whoever could not hand the line on.</summary>
    public static void Refuse<TAnswer>(ServiceError error, ref TAnswer answer)
        where TAnswer : struct, IAnswer, allows ref struct
    {
        LogLine line = default;
        line.Add("error "u8);
        line.Add(ServiceErrorText.Of(error));
        answer.Say(ref line);
    }

    private enum Command
    {
        Unknown = -1,
        Slots,
        Begin,
        Data,
        Verify,
        Abort,
        Status,
        Log,
        Activate,
        Confirm,
        RollBack,
    }

    // In Command's order.
    private static Command CommandOf(ReadOnlySpan<byte> word) =>
        (Command)TextList.Find("slots\0begin\0data\0verify\0abort\0status\0log\0activate\0confirm\0rollback\0"u8, word);

    private static ReadOnlySpan<byte> AnswerWords => "ok\0error\0unit\0slot\0bundle\0trial\0manage:\0"u8;

    private readonly ServiceError Slots<TFlash, TAnswer>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TAnswer answer)
        where TFlash : struct, IFlash
        where TAnswer : struct, IAnswer, allows ref struct
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
            SlotLines.SayUnit(unit, in store.Record.Unit[unit], in table, ref answer);
            for (int slot = 0; wanted >= 0 && slot < 2; slot++)
            {
                if (!SlotLines.TrySaySlot(unit, slot, ref store, in table, ref answer))
                    return ServiceError.Flash;
            }
        }
        return ServiceError.None;
    }

    private ServiceError Begin<TBoard>(ref LineWords words, ref LogLine detail, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        if (!words.TryNumber(out ulong length))
            return ServiceError.UnknownCommand;
        bool isNamed = !words.IsOver;
        Digest256 name = default;
        if (isNamed && !Hexadecimal.TryRead(words.Next(), MemoryMarshal.CreateSpan(ref name[0], 32)) || !words.IsOver)
            return ServiceError.UnknownCommand;
        ServiceError error = _session.Begin(length, in name, isNamed, out ulong next);
        detail.AddDecimal(next);
        if (error == ServiceError.None && next == 0)
            Note("a bundle is being received"u8, ref board);
        return error;
    }

    // As text behind the offset, or beside the command.
    private ServiceError Data<TFlash, TBoard>(
        ref LineWords words, ForeignBytes data, ref UpdateStore<TFlash> store, in ApplianceTable table, in RootDigests roots, ref LogLine detail,
        ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.TryNumber(out ulong offset))
            return ServiceError.UnknownCommand;
        Span<byte> piece = MemoryMarshal.CreateSpan(ref _piece[0], PieceSize);
        int count = data.Length;
        if (count == 0)
            count = words.IsOver ? -1 : Base64.Decode(words.Next(), piece.Slice(0, TextSize));
        if (count < 0 || !words.IsOver)
            return ServiceError.BadData;
        BundleStage before = _session.Stage;
        ServiceError error = _session.CanTake(offset, count);
        for (int done = 0; error == ServiceError.None && done < count; done += PieceSize)
        {
            Span<byte> taken = piece.Slice(0, Math.Min(count - done, PieceSize));
            if (data.Length != 0)
                data.CopyTo(done, taken);
            error = _session.Take(offset + (ulong)(uint)done, taken, ref store, in table, in roots);
        }
        detail.AddDecimal(offset + (ulong)(uint)count);
        if (error == ServiceError.None && before != _session.Stage)
            Note("the bundle is written"u8, ref board);
        return error;
    }

    private ServiceError Verify<TFlash, TBoard>(
        ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref LogLine detail, ref TBoard board)
        where TFlash : struct, IFlash
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        BundleStage before = _session.Stage;
        ServiceError error = _session.Verify(ref store, in table);
        detail.AddDecimal(_session.Done);
        detail.Add((byte)' ');
        detail.AddDecimal(_session.Length);
        if (error == ServiceError.None && before != _session.Stage && _session.Stage == BundleStage.Verified)
            Note("the bundle is verified"u8, ref board);
        return error;
    }

    private ServiceError Activate<TBoard>(ref LineWords words, in ApplianceTable table, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        ServiceError error = _session.CanActivate(out uint units);
        if (error == ServiceError.None)
            error = UpdateSession.ErrorOf(board.Activate(units));
        if (error != ServiceError.None)
            return error;
        _session.Forget();
        LogLine line = default;
        line.Add("on trial: "u8);
        UpdateUnitNames.Add(ref line, units, in table);
        Note(line.Bytes, ref board);
        return ServiceError.None;
    }

    // One guest; or all that are on trial.
    private ServiceError Confirm<TBoard>(ref LineWords words, in ApplianceTable table, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        int wanted = -1;
        if (!words.IsOver && (wanted = UpdateUnitNames.Find(words.Next(), in table)) < 0)
            return ServiceError.UnknownGuest;
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        ServiceError error = ServiceError.NoTrial;
        for (int guest = 0; guest < (int)table.GuestCount; guest++)
        {
            if (wanted >= 0 && wanted != UpdateUnit.FirstGuest + guest)
                continue;
            UpdateRefusal refusal = board.Confirm(guest);
            if (refusal == UpdateRefusal.NotOnTrial)
                continue;
            error = UpdateSession.ErrorOf(refusal);
            if (error != ServiceError.None)
                return error;
            LogLine line = default;
            line.AddName(in table.Guest[guest].Name);
            line.Add(" works, somebody says"u8);
            Note(line.Bytes, ref board);
        }
        return error;
    }

    private ServiceError RollBack<TBoard>(ref LineWords words, ref TBoard board)
        where TBoard : struct, IUpdateBoard
    {
        if (!words.IsOver)
            return ServiceError.UnknownCommand;
        ServiceError error = UpdateSession.ErrorOf(board.RollBack());
        if (error == ServiceError.None)
            Note("rolled back, as asked"u8, ref board);
        return error;
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

    private readonly ServiceError Status<TFlash, TAnswer>(ref LineWords words, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TAnswer answer)
        where TFlash : struct, IFlash
        where TAnswer : struct, IAnswer, allows ref struct
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
        answer.Say(ref line);
        uint trial = UpdateState.OnTrial(ref store.Record);
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((trial >> unit & 1) == 0)
                continue;
            line = default;
            line.Add("trial "u8);
            line.Add(UpdateUnitNames.Of(unit, in table));
            answer.Say(ref line);
        }
        return ServiceError.None;
    }

    private ServiceError Log<TAnswer>(ref LineWords words, ref TAnswer answer)
        where TAnswer : struct, IAnswer, allows ref struct
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
            answer.Say(ref line);
        }
        return ServiceError.None;
    }

    private void Answer<TBoard, TAnswer>(ServiceError error, ref LogLine detail, in ApplianceTable table, ref TBoard board, ref TAnswer answer)
        where TBoard : struct, IUpdateBoard
        where TAnswer : struct, IAnswer, allows ref struct
    {
        LogLine line = default;
        line.Add(error == ServiceError.None ? "ok"u8 : "error "u8);
        if (error == ServiceError.None)
        {
            if (detail.Bytes.Length != 0)
                line.Add((byte)' ');
            line.Add(detail.Bytes);
            answer.Say(ref line);
            return;
        }
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
            Note(line.Bytes, ref board);
        }
        answer.Say(ref line);
    }

    private void Note<TBoard>(ReadOnlySpan<byte> text, ref TBoard board)
        where TBoard : struct, IUpdateBoard =>
        _log.Add(board.Milliseconds, text);
}

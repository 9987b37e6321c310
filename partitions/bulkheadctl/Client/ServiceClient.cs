using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Update;

namespace Bulkhead.ControlTool;

/// <summary>Conversations with the update service (docs/abi.md).</summary>
public struct ServiceClient<TChannel, TOutput>
    where TChannel : struct, IChannel
    where TOutput : struct, IOutput
{
    // A stretch of a bundle that was not taken is sent again from where the service is, as long as it gets on.
    private const int MaxTurns = 16;

    public TChannel Channel;
    public TOutput Output;

    private CommandText _error;

    [InlineArray(BundleHeader.StoredSize)]
    private struct HeaderRoom
    {
        private byte _first;
    }

    [InlineArray(UpdateUnit.Count)]
    private struct UnitNames
    {
        private CommandText _first;
    }

    /// <summary>Why the service refused, behind `error `.</summary>
    public static ReadOnlySpan<byte> ErrorOf(in ServiceClient<TChannel, TOutput> client) => CommandText.Of(in client._error);

    public ClientResult Begin() => Channel.Begin() ? ClientResult.Ok : ClientResult.NoAnswer;

    /// <summary>One command; the lines of its answer go to the output.</summary>
    public ClientResult Ask(ReadOnlySpan<byte> command)
    {
        if (!Channel.Send(command))
            return ClientResult.NoAnswer;
        while (Channel.TryReceive(out ReadOnlySpan<byte> line))
        {
            if (IsLast(line, out _, out ClientResult result))
                return result;
            Output.Line(line);
        }
        return ClientResult.NoAnswer;
    }

    /// <summary>Every unit, and each one's slots behind it.</summary>
    public ClientResult AskSlots()
    {
        UnitNames names = default;
        int count = 0;
        if (!Channel.Send("slots"u8))
            return ClientResult.NoAnswer;
        while (Channel.TryReceive(out ReadOnlySpan<byte> line))
        {
            if (IsLast(line, out _, out ClientResult result))
            {
                for (int i = 0; i < count && result == ClientResult.Ok; i++)
                    result = Ask(CommandText.Of(in names[i]));
                return result;
            }
            if (!IsWord(line, "unit"u8, out ReadOnlySpan<byte> rest) || count == UpdateUnit.Count)
                continue;
            names[count].Add("slots "u8);
            for (int i = 0; i < rest.Length && rest[i] != (byte)' '; i++)
                names[count].Add(rest[i]);
            count++;
        }
        return ClientResult.NoAnswer;
    }

    /// <summary>Brings a bundle in, from where an interrupted one stands, and has it verified.</summary>
    /// <param name="source">The bundle.</param>
    /// <param name="data">Room for what one command takes.</param>
    public ClientResult Update<TSource>(ref TSource source, Span<byte> data) where TSource : struct, IBundleSource
    {
        HeaderRoom room = default;
        Span<byte> header = MemoryMarshal.CreateSpan(ref room[0], BundleHeader.StoredSize);
        if (source.Read(0, header) != header.Length || !TryReadLength(header, out ulong length))
            return ClientResult.BadBundle;
        ClientResult result = Bring(ref source, header, data, length);
        return result == ClientResult.Ok ? Verify(length) : result;
    }

    private ClientResult Bring<TSource>(ref TSource source, ReadOnlySpan<byte> header, Span<byte> data, ulong length) where TSource : struct, IBundleSource
    {
        ulong furthest = 0;
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            CommandText begin = default;
            begin.Add("begin "u8);
            begin.AddDecimal(length);
            begin.Add((byte)' ');
            begin.AddHex(header.Slice(16, 32));
            ClientResult result = AskNumber(CommandText.Of(in begin), out ulong next);
            if (result != ClientResult.Ok)
                return result;
            if (next > furthest)
            {
                furthest = next;
                turn = 0;
            }
            result = Stream(ref source, header, data, next, length, out bool isRefused);
            if (result != ClientResult.Refused || isRefused)
                return result;
        }
        return ClientResult.Refused;
    }

    /// <summary>Sends all from an offset on, several commands under way. Not refused for good: it may be tried again from where the service is.</summary>
    private ClientResult Stream<TSource>(ref TSource source, ReadOnlySpan<byte> header, Span<byte> data, ulong next, ulong length, out bool isRefused)
        where TSource : struct, IBundleSource
    {
        isRefused = false;
        CommandText first = default;
        int underWay = 0;
        ulong done = next;
        ClientResult result = ClientResult.Ok;
        while (underWay != 0 || result == ClientResult.Ok && next < length)
        {
            if (result == ClientResult.Ok && next < length && underWay < TChannel.MaxCommands)
            {
                int count = (int)Math.Min(length - next, (ulong)Math.Min(TChannel.MaxData, data.Length));
                Span<byte> bytes = data.Slice(0, count);
                // Of a stream the header was read, and it cannot be read again.
                if (next < (ulong)header.Length)
                {
                    bytes = bytes.Slice(0, Math.Min(count, header.Length - (int)next));
                    header.Slice((int)next, bytes.Length).CopyTo(bytes);
                }
                else if (source.Read(next, bytes) != count)
                {
                    result = ClientResult.BadBundle;
                    continue;
                }
                if (!Channel.SendData(next, bytes))
                    return ClientResult.NoAnswer;
                next += (ulong)bytes.Length;
                underWay++;
                continue;
            }
            ClientResult answer = ReceiveNumber(out ulong taken);
            if (answer == ClientResult.NoAnswer)
                return answer;
            underWay--;
            if (answer == ClientResult.Ok)
            {
                done = taken;
                Output.Progress("received"u8, done, length);
            }
            else if (result == ClientResult.Ok)
            {
                // The first refusal says why; those behind it follow from it.
                result = answer;
                first = _error;
                isRefused = !IsError("out-of-order"u8) && !IsError("busy"u8);
            }
        }
        if (result == ClientResult.Refused)
            _error = first;
        return result;
    }

    private ClientResult Verify(ulong length)
    {
        while (true)
        {
            ClientResult result = AskNumber("verify"u8, out ulong done);
            if (result != ClientResult.Ok)
            {
                if (IsError("busy"u8))
                    continue;
                return result;
            }
            Output.Progress("verified"u8, done, length);
            if (done >= length)
                return ClientResult.Ok;
        }
    }

    private ClientResult AskNumber(ReadOnlySpan<byte> command, out ulong number)
    {
        number = 0;
        return Channel.Send(command) ? ReceiveNumber(out number) : ClientResult.NoAnswer;
    }

    private ClientResult ReceiveNumber(out ulong number)
    {
        number = 0;
        while (Channel.TryReceive(out ReadOnlySpan<byte> line))
        {
            if (IsLast(line, out ReadOnlySpan<byte> detail, out ClientResult result))
            {
                for (int i = 0; i < detail.Length && detail[i] is >= (byte)'0' and <= (byte)'9'; i++)
                    number = number * 10 + detail[i] - '0';
                return result;
            }
        }
        return ClientResult.NoAnswer;
    }

    private bool IsLast(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> detail, out ClientResult result)
    {
        result = ClientResult.Ok;
        if (IsWord(line, "ok"u8, out detail))
            return true;
        if (!IsWord(line, "error"u8, out detail))
            return false;
        result = ClientResult.Refused;
        _error = default;
        _error.Add(detail);
        return true;
    }

    private readonly bool IsError(ReadOnlySpan<byte> why) => IsWord(CommandText.Of(in _error), why, out _);

    private static bool IsWord(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (line.Length < word.Length || !line.Slice(0, word.Length).SequenceEqual(word) || line.Length > word.Length && line[word.Length] != (byte)' ')
            return false;
        if (line.Length > word.Length)
            rest = line.Slice(word.Length + 1);
        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> stored, out ulong length)
    {
        BundleHeader header = MemoryMarshal.Read<BundleHeader>(stored);
        length = 0;
        if (header.Magic != BundleHeader.ExpectedMagic || header.PartCount - 1 >= UpdateUnit.Count)
            return false;
        BundlePart last = header.Part[(int)header.PartCount - 1];
        length = last.Offset + last.Size;
        return length > BundleHeader.StoredSize;
    }
}

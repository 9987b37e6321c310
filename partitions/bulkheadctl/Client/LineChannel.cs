using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>The update service by a UART: lines there and back, data as base64.</summary>
public struct LineChannel<TPort> : IChannel where TPort : struct, ISerialPort
{
    private const int Capacity = 512;
    // Long enough for an erase block that is slow; and for a line that has no more to say.
    private const int AnswerMilliseconds = 30_000, QuietMilliseconds = 150;
    private const int MaxStale = 100;

    public TPort Port;

    private int _from;
    private int _to;
    private Storage _bytes;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }

    public static int MaxData => 192;

    public static int MaxCommands => 8;

    /// <summary>An unfinished line is ended, and whatever answers are still on their way are read.</summary>
    public bool Begin()
    {
        if (!Port.Send("\n"u8))
            return false;
        for (int i = 0; i < MaxStale; i++)
        {
            int count = Port.Receive(MemoryMarshal.CreateSpan(ref _bytes[0], Capacity), QuietMilliseconds);
            if (count <= 0)
                return count == 0;
        }
        return false;
    }

    public bool Send(ReadOnlySpan<byte> command)
    {
        CommandText text = default;
        text.Add(command);
        text.Add((byte)'\n');
        return Port.Send(CommandText.Of(in text));
    }

    public bool SendData(ulong offset, ReadOnlySpan<byte> bytes)
    {
        CommandText text = default;
        text.Add("data "u8);
        text.AddDecimal(offset);
        text.Add((byte)' ');
        text.AddBase64(bytes);
        text.Add((byte)'\n');
        return Port.Send(CommandText.Of(in text));
    }

    public bool TryReceive(out ReadOnlySpan<byte> line)
    {
        line = default;
        int end = _from;
        while (true)
        {
            for (; end < _to; end++)
            {
                if (_bytes[end] is not ((byte)'\n' or (byte)'\r'))
                    continue;
                int start = _from;
                _from = ++end;
                if (end - 1 == start)
                    continue;
                line = MemoryMarshal.CreateReadOnlySpan(ref _bytes[start], end - 1 - start);
                return true;
            }
            // What is here of the line moves to the front.
            Span<byte> all = MemoryMarshal.CreateSpan(ref _bytes[0], Capacity);
            all.Slice(_from, _to - _from).CopyTo(all);
            _to -= _from;
            end -= _from;
            _from = 0;
            int count = _to == Capacity ? -1 : Port.Receive(all.Slice(_to), AnswerMilliseconds);
            if (count <= 0)
                return false;
            _to += count;
        }
    }
}

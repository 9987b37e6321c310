using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Diagnostics;

/// <summary>
/// What the multiplexer itself puts on the wire before a source's bytes: RS, name, "| "; before them, if the line of
/// another source is cut, US CR LF. Sent byte by byte as there is room.
/// </summary>
internal struct ConsoleTag
{
    public const byte RS = 0x1e;
    public const byte US = 0x1f;

    private int _next;
    private int _end;
    private Storage _bytes;

    [InlineArray(24)]
    private struct Storage
    {
        private byte _first;
    }

    public readonly bool IsSent => _next == _end;

    public void Make(ReadOnlySpan<byte> name, bool cut)
    {
        _next = 0;
        _end = 0;
        if (cut)
        {
            Add(US);
            Add((byte)'\r');
            Add((byte)'\n');
        }
        Add(RS);
        for (int i = 0; i < name.Length && i < 15; i++)
            Add(name[i]);
        Add((byte)'|');
        Add((byte)' ');
    }

    public byte Next() => Bytes()[_next++];

    private void Add(byte value) => Bytes()[_end++] = value;

    private Span<byte> Bytes() => MemoryMarshal.CreateSpan(ref Unsafe.As<Storage, byte>(ref _bytes), 24);
}

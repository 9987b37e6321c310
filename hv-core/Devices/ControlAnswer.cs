using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Diagnostics;
using Bulkhead.Update;

namespace Bulkhead.Devices;

/// <summary>What the update service says to one line of a control guest: lines that end with LF. What does not fit is cut.</summary>
public struct ControlAnswer : IAnswer
{
    /// <summary>With a zero behind it, all that the mailbox has room for.</summary>
    public const int Capacity = (int)Mailbox.AnswerSize - 1;

    private int _length;
    private int _given;
    private Storage _bytes;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.CreateReadOnlySpan(ref _bytes[0], _length);

    public void Say(ref LogLine line)
    {
        Add(line.Bytes);
        Add("\n"u8);
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length && _length < Capacity; i++)
            _bytes[_length++] = text[i];
    }

    /// <summary>Puts into the ring what it has room for; true when nothing is left.</summary>
    internal bool GiveTo(ref ReceiveRing ring)
    {
        while (_given < _length && ring.Count < ReceiveRing.Size)
            ring.Put(_bytes[_given++]);
        return _given == _length;
    }

    internal void Clear() => _length = _given = 0;
}

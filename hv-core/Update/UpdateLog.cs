using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Update;

/// <summary>The last things that updates did, for whoever asks.</summary>
public struct UpdateLog
{
    public const int Entries = 12;
    public const int TextSize = 72;

    private uint _count;
    private All _entry;

    [InlineArray(Entries)]
    private struct All
    {
        private Entry _first;
    }

    private struct Entry
    {
        public ulong Milliseconds;
        public int Length;
        public Text Bytes;
    }

    [InlineArray(TextSize)]
    private struct Text
    {
        private byte _first;
    }

    /// <summary>How many there are.</summary>
    public readonly int Count => (int)Math.Min(_count, Entries);

    /// <param name="text">Longer ones are cut.</param>
    public void Add(ulong milliseconds, ReadOnlySpan<byte> text)
    {
        ref Entry entry = ref _entry[(int)(_count++ % Entries)];
        entry.Milliseconds = milliseconds;
        entry.Length = Math.Min(text.Length, TextSize);
        text.Slice(0, entry.Length).CopyTo(MemoryMarshal.CreateSpan(ref entry.Bytes[0], TextSize));
    }

    /// <summary>One of them, the oldest first; it lasts until the next is added.</summary>
    public ReadOnlySpan<byte> At(int index, out ulong milliseconds)
    {
        ref Entry entry = ref _entry[(int)((_count - (uint)Count + (uint)index) % Entries)];
        milliseconds = entry.Milliseconds;
        return MemoryMarshal.CreateReadOnlySpan(ref entry.Bytes[0], entry.Length);
    }
}

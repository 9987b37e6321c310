using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Diagnostics;

/// <summary>
/// One of the hypervisor's own lines, put together piece by piece and then written at once. What does not fit is cut.
/// </summary>
public struct LogLine
{
    public const int Capacity = 160;
    private const int Closing = 2;

    private int _length;
    private Storage _bytes;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => All().Slice(0, _length);

    public void Add(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
            Add(text[i]);
    }

    public void Add(byte value)
    {
        if (_length < Capacity - Closing)
            All()[_length++] = value;
    }

    public void AddName(in FixedName name) => Add(NameRules.BytesOf(in name));

    /// <summary>"0x" and as many digits as the value needs.</summary>
    public void AddHex(ulong value)
    {
        Add((byte)'0');
        Add((byte)'x');
        int shift = 60;
        while (shift > 0 && value >> shift == 0)
            shift -= 4;
        for (; shift >= 0; shift -= 4)
        {
            uint digit = (uint)(value >> shift) & 15;
            Add((byte)(digit < 10 ? '0' + digit : 'a' - 10 + digit));
        }
    }

    public void AddDecimal(ulong value)
    {
        ulong weight = 1;
        while (value / weight >= 10)
            weight *= 10;
        for (; weight != 0; weight /= 10)
            Add((byte)('0' + value / weight % 10));
    }

    /// <summary>Ends the line, for which there is always room. The multiplexer calls it.</summary>
    internal void End()
    {
        Span<byte> all = All();
        all[_length] = (byte)'\r';
        all[_length + 1] = (byte)'\n';
        _length += Closing;
    }

    [UnscopedRef]
    private Span<byte> All() => MemoryMarshal.CreateSpan(ref Unsafe.As<Storage, byte>(ref _bytes), Capacity);
}

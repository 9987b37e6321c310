using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>A command as it is put together. What does not fit is cut: none of ours is that long.</summary>
public struct CommandText
{
    /// <summary>Bytes of one (docs/abi.md), and its end.</summary>
    public const int Capacity = 301;

    private int _length;
    private Storage _bytes;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }

    public static ReadOnlySpan<byte> Of(in CommandText text) => MemoryMarshal.CreateReadOnlySpan(in text._bytes[0], text._length);

    public void Add(byte value)
    {
        if (_length < Capacity)
            _bytes[_length++] = value;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
            Add(text[i]);
    }

    public void AddDecimal(ulong value)
    {
        ulong weight = 1;
        while (value / weight >= 10)
            weight *= 10;
        for (; weight != 0; weight /= 10)
            Add((byte)('0' + value / weight % 10));
    }

    public void AddHex(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            Add("0123456789abcdef"u8[bytes[i] >> 4]);
            Add("0123456789abcdef"u8[bytes[i] & 15]);
        }
    }

    /// <summary>RFC 4648 section 4, padded.</summary>
    public void AddBase64(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i += 3)
        {
            int left = bytes.Length - i;
            uint group = (uint)bytes[i] << 16 | (left > 1 ? (uint)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0u);
            for (int letter = 0; letter < 4; letter++)
                Add(letter > left ? (byte)'=' : Alphabet[(int)(group >> 18 - 6 * letter & 63)]);
        }
    }

    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
}

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>
/// A canonical Huffman code (RFC 1951, 3.2.2) as the number of codes of each length and the symbols in the order of
/// their codes.
/// </summary>
internal struct HuffmanOrder
{
    public const int MaxBits = 15;

    private Counts _count;
    private Symbols _symbol;

    [InlineArray(MaxBits + 1)]
    private struct Counts
    {
        private ushort _first;
    }

    [InlineArray(InflateTables.MaxLiteralSymbols)]
    private struct Symbols
    {
        private ushort _first;
    }

    /// <summary>The table's codes with their symbols' entries, filled from the lengths; false if they make no code.</summary>
    /// <param name="lengths">A code length for each symbol, 0 for a symbol without code.</param>
    /// <param name="table">2^<paramref name="tableBits"/> entries, indexed by the next bits of the stream.</param>
    public bool Build(ReadOnlySpan<byte> lengths, Span<uint> table, int tableBits, Alphabet alphabet)
    {
        Span<ushort> count = MemoryMarshal.CreateSpan(ref Unsafe.As<Counts, ushort>(ref _count), MaxBits + 1);
        Span<ushort> symbols = MemoryMarshal.CreateSpan(ref Unsafe.As<Symbols, ushort>(ref _symbol), InflateTables.MaxLiteralSymbols);
        count.Clear();
        foreach (byte length in lengths)
            count[length]++;
        count[0] = 0;

        // How many codes of the present length are still free; a negative number means that two symbols share one.
        int free = 1;
        int longest = 0;
        Counts next = default;
        Span<ushort> start = MemoryMarshal.CreateSpan(ref Unsafe.As<Counts, ushort>(ref next), MaxBits + 1);
        int before = 0;
        for (int bits = 1; bits <= MaxBits; bits++)
        {
            free = free * 2 - count[bits];
            if (free < 0)
                return false;
            start[bits] = (ushort)before;
            before += count[bits];
            if (count[bits] != 0)
                longest = bits;
        }
        // Every code is complete but one: a single symbol of one bit, which RFC 1951 3.2.7 allows for distances and
        // zlib for literals too. No code at all is a block without distances.
        if (free > 0 && (alphabet == Alphabet.CodeLengths || longest > 1))
            return false;

        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length != 0)
                symbols[start[length]++] = (ushort)symbol;
        }

        table.Clear();
        int code = 0;
        int index = 0;
        for (int bits = 1; bits <= tableBits; bits++)
        {
            for (int left = count[bits]; left > 0; left--, code++, index++)
            {
                uint entry = HuffmanEntry.Of(alphabet, symbols[index], bits);
                // Codes arrive most significant bit first (3.1.1), so the look-up's index is the code reversed.
                for (int at = Reverse(code, bits); at < table.Length; at += 1 << bits)
                    table[at] = entry;
            }
            code <<= 1;
        }
        return true;
    }

    /// <summary>Decodes one symbol bit by bit from the 15 bits at hand; 0 if they begin with no code.</summary>
    public readonly uint Decode(uint bits, Alphabet alphabet)
    {
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= MaxBits; length++)
        {
            code |= (int)(bits & 1);
            bits >>= 1;
            int count = _count[length];
            if (code - first < count)
                return HuffmanEntry.Of(alphabet, _symbol[index + code - first], length);
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        return 0;
    }

    private static int Reverse(int code, int bits)
    {
        int reversed = 0;
        for (; bits > 0; bits--, code >>= 1)
            reversed = (reversed << 1) | (code & 1);
        return reversed;
    }
}

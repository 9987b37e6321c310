using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>
/// Inflates a DEFLATE stream (RFC 1951) into a destination that holds the whole output, so that the output itself is
/// the window. Every bound is checked: bad input ends in a status, never outside source or destination.
/// </summary>
internal ref struct Inflater
{
    /// <summary>The longest match of 3.2.5.</summary>
    private const int LongestMatch = 258;
    /// <summary>A whole turn of the fast loop writes at most two literals, a match and the rest of its last word.</summary>
    private const int FastOutput = 2 + LongestMatch + sizeof(ulong);
    /// <summary>A whole turn of the fast loop loads two words.</summary>
    private const int FastInput = 2 * sizeof(ulong);
    private const int CodeLengthSymbols = 19;
    private const int CodeLengthTableBits = 7;

    private readonly ReadOnlySpan<byte> _source;
    private readonly Span<byte> _output;
    private readonly ref InflateTables _tables;
    private int _next;
    private int _written;
    // The next bits of the stream, first bit lowest (3.1.1); _count of them are valid, the others are zero between calls.
    private ulong _bits;
    private int _count;

    public Inflater(ReadOnlySpan<byte> source, Span<byte> output, ref InflateTables tables)
    {
        _source = source;
        _output = output;
        _tables = ref tables;
        _next = 0;
        _written = 0;
        _bits = 0;
        _count = 0;
    }

    public readonly int Written => _written;

    /// <summary>Bytes of the source used, once <see cref="Run"/> has ended well.</summary>
    public readonly int Consumed => _next;

    /// <param name="pause">Taken after every block, which compressors end after some ten thousand symbols.</param>
    public InflateStatus Run<TPause>(ref TPause pause)
        where TPause : struct, IPause
    {
        bool last;
        do
        {
            Refill();
            if (_count < 3)
                return InflateStatus.Truncated;
            last = Take(1) != 0;
            InflateStatus status = Take(2) switch
            {
                0 => Stored(),
                1 => Fixed(),
                2 => Dynamic(),
                _ => InflateStatus.BadBlockType,
            };
            if (status != InflateStatus.Ok)
                return status;
            pause.Pause();
        }
        while (!last);
        ReturnWholeBytes();
        return InflateStatus.Ok;
    }

    // 3.2.4
    private InflateStatus Stored()
    {
        ReturnWholeBytes();
        if (_source.Length - _next < 4)
            return InflateStatus.Truncated;
        int length = _source[_next] | _source[_next + 1] << 8;
        int complement = _source[_next + 2] | _source[_next + 3] << 8;
        if ((length ^ complement) != 0xffff)
            return InflateStatus.BadStoredLength;
        _next += 4;
        if (length > _source.Length - _next)
            return InflateStatus.Truncated;
        if (length > _output.Length - _written)
            return InflateStatus.TooLong;
        _source.Slice(_next, length).CopyTo(_output.Slice(_written, length));
        _next += length;
        _written += length;
        return InflateStatus.Ok;
    }

    // 3.2.6
    private InflateStatus Fixed()
    {
        Span<byte> lengths = Lengths();
        lengths.Slice(0, 144).Fill(8);
        lengths.Slice(144, 112).Fill(9);
        lengths.Slice(256, 24).Fill(7);
        lengths.Slice(280, 8).Fill(8);
        lengths.Slice(InflateTables.MaxLiteralSymbols, InflateTables.MaxDistanceSymbols).Fill(5);
        if (!BuildCodes(InflateTables.MaxLiteralSymbols, InflateTables.MaxDistanceSymbols))
            return InflateStatus.BadCodeLengths;
        return Compressed();
    }

    // 3.2.7
    private InflateStatus Dynamic()
    {
        Refill();
        if (_count < 14)
            return InflateStatus.Truncated;
        int literals = (int)Take(5) + 257;
        int distances = (int)Take(5) + 1;
        int codes = (int)Take(4) + 4;
        // Symbols 286, 287, 30 and 31 never occur (3.2.5), and zlib refuses codes for them here.
        if (literals > 286 || distances > 30)
            return InflateStatus.BadCodeLengths;

        Span<byte> lengths = Lengths();
        lengths.Slice(0, CodeLengthSymbols).Clear();
        for (int i = 0; i < codes; i++)
        {
            Refill();
            if (_count < 3)
                return InflateStatus.Truncated;
            lengths[CodeLengthOrder[i]] = (byte)Take(3);
        }
        Span<uint> table = DistanceTable().Slice(0, 1 << CodeLengthTableBits);
        if (!_tables.DistanceOrder.Build(lengths.Slice(0, CodeLengthSymbols), table, CodeLengthTableBits, Alphabet.CodeLengths))
            return InflateStatus.BadCodeLengths;

        int total = literals + distances;
        int filled = 0;
        while (filled < total)
        {
            Refill();
            uint entry = table[(int)(_bits & ((1 << CodeLengthTableBits) - 1))];
            int used = (int)(entry & 15);
            if (used == 0)
                return InflateStatus.BadCodeLengths;
            if (used > _count)
                return InflateStatus.Truncated;
            Drop(used);
            uint symbol = entry >> 16;
            if (symbol < 16)
            {
                lengths[filled++] = (byte)symbol;
                continue;
            }
            int extra = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
            if (extra > _count)
                return InflateStatus.Truncated;
            int repeat = (int)Take(extra) + (symbol == 18 ? 11 : 3);
            if (symbol == 16 && filled == 0 || repeat > total - filled)
                return InflateStatus.BadCodeLengths;
            byte value = symbol == 16 ? lengths[filled - 1] : (byte)0;
            lengths.Slice(filled, repeat).Fill(value);
            filled += repeat;
        }
        // A block that cannot end is no block.
        if (lengths[256] == 0 || !BuildCodes(literals, distances))
            return InflateStatus.BadCodeLengths;
        return Compressed();
    }

    // The lengths stand one after the other: literals', then distances'.
    private bool BuildCodes(int literals, int distances)
    {
        Span<byte> lengths = Lengths();
        return _tables.LiteralOrder.Build(lengths.Slice(0, literals), LiteralTable(), InflateTables.LiteralBits, Alphabet.LiteralLength)
            && _tables.DistanceOrder.Build(lengths.Slice(literals, distances), DistanceTable(), InflateTables.DistanceBits, Alphabet.Distance);
    }

    private InflateStatus Compressed()
    {
        while (true)
        {
            InflateStatus status = InflateStatus.Ok;
            if (_source.Length - _next >= FastInput && _output.Length - _written >= FastOutput && Fast(ref status))
                return status;
            if (Careful(ref status))
                return status;
        }
    }

    /// <summary>Decodes while source and output have room for a whole turn. True if the block, or the stream, has ended.</summary>
    private bool Fast(ref InflateStatus status)
    {
        ref byte source = ref MemoryMarshal.GetReference(_source);
        ref byte output = ref MemoryMarshal.GetReference(_output);
        ref uint literalTable = ref Unsafe.As<InflateTables.LiteralEntries, uint>(ref _tables.Literal);
        ref uint distanceTable = ref Unsafe.As<InflateTables.DistanceEntries, uint>(ref _tables.Distance);
        int lastNext = _source.Length - FastInput;
        int lastWritten = _output.Length - FastOutput;
        int next = _next;
        int written = _written;
        ulong bits = _bits;
        int count = _count;
        bool ended = false;
        do
        {
            // Afterwards at least 56 bits are valid; those above are the stream's own and are loaded again later.
            bits |= Load(ref source, next) << count;
            next += (63 - count) >> 3;
            count |= 56;

            uint entry = Unsafe.Add(ref literalTable, (nint)(bits & ((1 << InflateTables.LiteralBits) - 1)));
            if (entry == 0)
                entry = _tables.LiteralOrder.Decode((uint)bits, Alphabet.LiteralLength);
            int used = (int)(entry & 15);
            bits >>= used;
            count -= used;
            if ((entry & HuffmanEntry.KindMask) == HuffmanEntry.Literal && entry != 0)
            {
                Unsafe.Add(ref output, (nint)written++) = (byte)(entry >> 16);
                entry = Unsafe.Add(ref literalTable, (nint)(bits & ((1 << InflateTables.LiteralBits) - 1)));
                if (entry == 0)
                    entry = _tables.LiteralOrder.Decode((uint)bits, Alphabet.LiteralLength);
                used = (int)(entry & 15);
                bits >>= used;
                count -= used;
                if ((entry & HuffmanEntry.KindMask) == HuffmanEntry.Literal && entry != 0)
                {
                    Unsafe.Add(ref output, (nint)written++) = (byte)(entry >> 16);
                    continue;
                }
                bits |= Load(ref source, next) << count;
                next += (63 - count) >> 3;
                count |= 56;
            }
            if ((entry & HuffmanEntry.KindMask) != HuffmanEntry.Match)
            {
                ended = true;
                if ((entry & HuffmanEntry.KindMask) != HuffmanEntry.EndOfBlock)
                    status = InflateStatus.BadSymbol;
                break;
            }
            // At least 41 bits are left for 5 of the length, 15 of the distance's code and 13 after it.
            int extra = (int)(entry >> 4) & 15;
            int length = (int)(entry >> 16) + (int)((uint)bits & ((1u << extra) - 1));
            bits >>= extra;
            count -= extra;

            entry = Unsafe.Add(ref distanceTable, (nint)(bits & ((1 << InflateTables.DistanceBits) - 1)));
            if (entry == 0)
                entry = _tables.DistanceOrder.Decode((uint)bits, Alphabet.Distance);
            if ((entry & HuffmanEntry.KindMask) != HuffmanEntry.Match)
            {
                ended = true;
                status = InflateStatus.BadSymbol;
                break;
            }
            used = (int)(entry & 15);
            bits >>= used;
            count -= used;
            extra = (int)(entry >> 4) & 15;
            int distance = (int)(entry >> 16) + (int)((uint)bits & ((1u << extra) - 1));
            bits >>= extra;
            count -= extra;
            if (distance > written)
            {
                ended = true;
                status = InflateStatus.BadDistance;
                break;
            }
            CopyMatch(ref output, written, distance, length);
            written += length;
        }
        while (next <= lastNext && written <= lastWritten);

        _next = next;
        _written = written;
        _bits = bits & ((1ul << count) - 1);
        _count = count;
        return ended;
    }

    // Copies by whole words where the match does not overlap itself within one; up to seven bytes too many, which the
    // fast loop's condition has room for and which the following output overwrites.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyMatch(ref byte output, int written, int distance, int length)
    {
        ref byte to = ref Unsafe.Add(ref output, (nint)written);
        if (distance >= sizeof(ulong))
        {
            ref byte from = ref Unsafe.Add(ref output, (nint)(written - distance));
            for (nint i = 0; i < length; i += sizeof(ulong))
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i)));
        }
        else if (distance == 1)
        {
            ulong fill = Unsafe.Add(ref output, (nint)(written - 1)) * 0x0101010101010101ul;
            for (nint i = 0; i < length; i += sizeof(ulong))
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), fill);
        }
        else
        {
            ref byte from = ref Unsafe.Add(ref output, (nint)(written - distance));
            for (nint i = 0; i < length; i++)
                Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
        }
    }

    /// <summary>Decodes one literal or match, each step checked. True if the block, or the stream, has ended.</summary>
    private bool Careful(ref InflateStatus status)
    {
        Refill();
        uint entry = _tables.LiteralOrder.Decode((uint)_bits, Alphabet.LiteralLength);
        if (!Accept(entry, ref status))
            return true;
        uint kind = entry & HuffmanEntry.KindMask;
        if (kind == HuffmanEntry.EndOfBlock)
            return true;
        if (kind == HuffmanEntry.Literal)
        {
            if (_written >= _output.Length)
            {
                status = InflateStatus.TooLong;
                return true;
            }
            _output[_written++] = (byte)(entry >> 16);
            return false;
        }
        if (!Extend(entry, ref status, out int length))
            return true;
        Refill();
        entry = _tables.DistanceOrder.Decode((uint)_bits, Alphabet.Distance);
        if (!Accept(entry, ref status) || !Extend(entry, ref status, out int distance))
            return true;
        if (distance > _written)
        {
            status = InflateStatus.BadDistance;
            return true;
        }
        if (length > _output.Length - _written)
        {
            status = InflateStatus.TooLong;
            return true;
        }
        for (; length > 0; length--, _written++)
            _output[_written] = _output[_written - distance];
        return false;
    }

    // Takes a symbol's code off the stream. Bits past the source's end read as zero, so the symbol may not be there.
    private bool Accept(uint entry, ref InflateStatus status)
    {
        int used = (int)(entry & 15);
        if (used > _count || used == 0 && _count < HuffmanOrder.MaxBits)
            status = InflateStatus.Truncated;
        else if (used == 0 || (entry & HuffmanEntry.KindMask) == HuffmanEntry.Invalid)
            status = InflateStatus.BadSymbol;
        else
        {
            Drop(used);
            return true;
        }
        return false;
    }

    private bool Extend(uint entry, ref InflateStatus status, out int value)
    {
        int extra = (int)(entry >> 4) & 15;
        value = 0;
        if (extra > _count)
        {
            status = InflateStatus.Truncated;
            return false;
        }
        value = (int)(entry >> 16) + (int)Take(extra);
        return true;
    }

    private void Refill()
    {
        while (_count <= 56 && _next < _source.Length)
        {
            _bits |= (ulong)_source[_next++] << _count;
            _count += 8;
        }
    }

    private uint Take(int bits)
    {
        uint value = (uint)_bits & ((1u << bits) - 1);
        Drop(bits);
        return value;
    }

    private void Drop(int bits)
    {
        _bits >>= bits;
        _count -= bits;
    }

    // Drops the rest of the byte begun and gives whole bytes back to the source.
    private void ReturnWholeBytes()
    {
        _next -= _count >> 3;
        _bits = 0;
        _count = 0;
    }

    private readonly Span<byte> Lengths() => MemoryMarshal.CreateSpan(
        ref Unsafe.As<InflateTables.CodeLengths, byte>(ref _tables.Lengths),
        InflateTables.MaxLiteralSymbols + InflateTables.MaxDistanceSymbols);

    private readonly Span<uint> LiteralTable() => MemoryMarshal.CreateSpan(
        ref Unsafe.As<InflateTables.LiteralEntries, uint>(ref _tables.Literal), 1 << InflateTables.LiteralBits);

    private readonly Span<uint> DistanceTable() => MemoryMarshal.CreateSpan(
        ref Unsafe.As<InflateTables.DistanceEntries, uint>(ref _tables.Distance), 1 << InflateTables.DistanceBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ref byte source, int offset) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (nint)offset));

    // The order in which a dynamic block gives its code lengths' lengths (3.2.7).
    private static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
}

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>The CRC-32 of RFC 1952 section 8, four bytes at a time.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xedb88320;

    /// <summary>Computes over all bytes; the four tables stand where the inflater's literal table stood.</summary>
    public static uint Compute<TPause>(ReadOnlySpan<byte> bytes, ref InflateTables tables, ref TPause pause)
        where TPause : struct, IPause
    {
        ref uint table = ref Unsafe.As<InflateTables.LiteralEntries, uint>(ref tables.Literal);
        Fill(ref table);
        uint crc = ~0u;
        for (; bytes.Length > IPause.StepBytes; bytes = bytes.Slice(IPause.StepBytes))
        {
            crc = Add(crc, bytes.Slice(0, IPause.StepBytes), ref table);
            pause.Pause();
        }
        return ~Add(crc, bytes, ref table);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes, ref uint table)
    {
        ref byte next = ref MemoryMarshal.GetReference(bytes);
        int left = bytes.Length;
        for (; left >= 4; left -= 4)
        {
            crc ^= Unsafe.ReadUnaligned<uint>(ref next);
            crc = Unsafe.Add(ref table, (nint)(768 + (crc & 0xff)))
                ^ Unsafe.Add(ref table, (nint)(512 + (crc >> 8 & 0xff)))
                ^ Unsafe.Add(ref table, (nint)(256 + (crc >> 16 & 0xff)))
                ^ Unsafe.Add(ref table, (nint)(crc >> 24));
            next = ref Unsafe.Add(ref next, 4);
        }
        for (; left > 0; left--)
        {
            crc = crc >> 8 ^ Unsafe.Add(ref table, (nint)((crc ^ next) & 0xff));
            next = ref Unsafe.Add(ref next, 1);
        }
        return crc;
    }

    /// <summary>Bit by bit, for a few bytes or many pieces: begins with all ones, and the result is what remains inverted.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            crc = Step(crc ^ bytes[i]);
        return crc;
    }

    // Table n holds the remainder of a byte followed by n zero bytes.
    private static void Fill(ref uint table)
    {
        for (uint value = 0; value < 256; value++)
            Unsafe.Add(ref table, (nint)value) = Step(value);
        for (nint i = 256; i < 1024; i++)
        {
            uint before = Unsafe.Add(ref table, i - 256);
            Unsafe.Add(ref table, i) = before >> 8 ^ Unsafe.Add(ref table, (nint)(before & 0xff));
        }
    }

    private static uint Step(uint crc)
    {
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (Polynomial & (0 - (crc & 1)));
        return crc;
    }
}

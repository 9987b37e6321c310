using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>The CRC-32 of RFC 1952 section 8, four bytes at a time.</summary>
internal static class Crc32
{
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

    /// <summary>Without tables to fill, for a few bytes or many pieces: begins with all ones, and the result is what remains inverted.</summary>
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

    private static uint Step(uint crc) => HalfStep(HalfStep(crc));

    private static uint HalfStep(uint crc) =>
        crc >> 4 ^ Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(Remainders), (nint)((crc & 15) * sizeof(uint))));

    // What four bits leave behind when they are divided by the polynomial EDB88320h.
    private static ReadOnlySpan<byte> Remainders =>
    [
        0x00, 0x00, 0x00, 0x00, 0x64, 0x10, 0xb7, 0x1d, 0xc8, 0x20, 0x6e, 0x3b, 0xac, 0x30, 0xd9, 0x26,
        0x90, 0x41, 0xdc, 0x76, 0xf4, 0x51, 0x6b, 0x6b, 0x58, 0x61, 0xb2, 0x4d, 0x3c, 0x71, 0x05, 0x50,
        0x20, 0x83, 0xb8, 0xed, 0x44, 0x93, 0x0f, 0xf0, 0xe8, 0xa3, 0xd6, 0xd6, 0x8c, 0xb3, 0x61, 0xcb,
        0xb0, 0xc2, 0x64, 0x9b, 0xd4, 0xd2, 0xd3, 0x86, 0x78, 0xe2, 0x0a, 0xa0, 0x1c, 0xf2, 0xbd, 0xbd,
    ];
}

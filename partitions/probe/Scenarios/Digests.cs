using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Guests.Probe;

/// <summary>The hypervisor's SHA-256, with the CPU's instructions and without, over published examples and over a mebibyte.</summary>
internal static class Digests
{
    private const int BufferSize = 4096, Mebibyte = 1 << 20;

    [InlineArray(BufferSize)]
    private struct Buffer
    {
        private byte _first;
    }

    [InlineArray(8)]
    private struct State
    {
        private uint _first;
    }

    private static Buffer s_buffer;

    // NIST's: the empty message, "abc", and the message of two blocks in FIPS 180-4's examples.
    private static ReadOnlySpan<byte> Empty =>
    [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ];

    private static ReadOnlySpan<byte> Abc =>
    [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    ];

    private static ReadOnlySpan<byte> TwoBlocks =>
    [
        0x24, 0x8d, 0x6a, 0x61, 0xd2, 0x06, 0x38, 0xb8, 0xe5, 0xc0, 0x26, 0x93, 0x0c, 0x3e, 0x60, 0x39,
        0xa3, 0x3c, 0xe4, 0x59, 0x64, 0xff, 0x21, 0x67, 0xf6, 0xec, 0xed, 0xd4, 0x19, 0xdb, 0x06, 0xc1,
    ];

    public static void Run()
    {
        Published("SHA-256 of nothing"u8, ""u8, Empty);
        Published("SHA-256 of abc"u8, "abc"u8, Abc);
        Published("SHA-256 of two blocks"u8, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"u8, TwoBlocks);
        Span<byte> buffer = MemoryMarshal.CreateSpan(ref s_buffer[0], BufferSize);
        uint noise = 1;
        for (int i = 0; i < buffer.Length; i++)
        {
            noise = noise * 1664525 + 1013904223;
            buffer[i] = (byte)(noise >> 24);
        }
        State rounds = default, instructions = default;
        ulong start = Timer.Now;
        for (int i = 0; i < Mebibyte / BufferSize; i++)
            Sha256Rounds.Compress(ref rounds[0], ref s_buffer[0], BufferSize / Sha256.BlockSize);
        ulong middle = Timer.Now;
        if (!Sha256Instructions.ArePresent)
        {
            Check.Skip("SHA-256 instructions"u8);
            return;
        }
        for (int i = 0; i < Mebibyte / BufferSize; i++)
            Sha256Instructions.Compress(ref instructions[0], ref s_buffer[0], BufferSize / Sha256.BlockSize);
        ulong end = Timer.Now;
        for (int i = 0; i < 8; i++)
            Check.Equal("state with instructions and without"u8, rounds[i], instructions[i]);
        // Under QEMU's icount ticks are instructions: `bulkhead bench` reads this line.
        Console.Write("probe: SHA-256 of a mebibyte: "u8);
        Console.WriteDecimal(end - middle);
        Console.Write(" ticks with instructions, "u8);
        Console.WriteDecimal(middle - start);
        Console.WriteLine(" without"u8);
    }

    private static void Published(ReadOnlySpan<byte> what, ReadOnlySpan<byte> message, ReadOnlySpan<byte> wanted)
    {
        Digest256 digest = default;
        Sha256.Compute(message, ref digest);
        Check.That(what, MemoryMarshal.CreateReadOnlySpan(in digest[0], 32).SequenceEqual(wanted));
    }
}

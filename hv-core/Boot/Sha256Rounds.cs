using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>SHA-256's compression (FIPS 180-4 section 6.2.2) on any CPU. What bounds it is the chain of rounds, not their count of instructions.</summary>
public static class Sha256Rounds
{
    private const int Words = 16, Unrolled = 8;

    // Of the message schedule, the sixteen words that are still needed.
    [InlineArray(Words)]
    private struct Schedule
    {
        private uint _first;
    }

    public static void Compress(ref uint state, ref byte data, nuint blocks)
    {
        for (; blocks != 0; blocks--)
        {
            Compress(ref state, ref data);
            data = ref Unsafe.Add(ref data, Sha256.BlockSize);
        }
    }

    private static void Compress(ref uint state, ref byte block)
    {
        Unsafe.SkipInit(out Schedule schedule);
        ref uint w = ref schedule[0];
        for (int i = 0; i < Words; i++)
            Unsafe.Add(ref w, i) = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref block, i * 4)));
        ref byte k = ref MemoryMarshal.GetReference(Constants);
        uint a = state;
        uint b = Unsafe.Add(ref state, 1);
        uint c = Unsafe.Add(ref state, 2);
        uint d = Unsafe.Add(ref state, 3);
        uint e = Unsafe.Add(ref state, 4);
        uint f = Unsafe.Add(ref state, 5);
        uint g = Unsafe.Add(ref state, 6);
        uint h = Unsafe.Add(ref state, 7);
        for (int round = 0; round < 64; round += Unrolled)
        {
            ref uint next = ref Unsafe.Add(ref w, round & Unrolled);
            Round(a, b, c, ref d, e, f, g, ref h, ref next, ref k, 0);
            Round(h, a, b, ref c, d, e, f, ref g, ref next, ref k, 1);
            Round(g, h, a, ref b, c, d, e, ref f, ref next, ref k, 2);
            Round(f, g, h, ref a, b, c, d, ref e, ref next, ref k, 3);
            Round(e, f, g, ref h, a, b, c, ref d, ref next, ref k, 4);
            Round(d, e, f, ref g, h, a, b, ref c, ref next, ref k, 5);
            Round(c, d, e, ref f, g, h, a, ref b, ref next, ref k, 6);
            Round(b, c, d, ref e, f, g, h, ref a, ref next, ref k, 7);
            k = ref Unsafe.Add(ref k, Unrolled * 4);
            // The last sixteen words are used up by now.
            if (round is Unrolled or 3 * Unrolled or 5 * Unrolled)
                Advance(ref w);
        }
        state += a;
        Unsafe.Add(ref state, 1) += b;
        Unsafe.Add(ref state, 2) += c;
        Unsafe.Add(ref state, 3) += d;
        Unsafe.Add(ref state, 4) += e;
        Unsafe.Add(ref state, 5) += f;
        Unsafe.Add(ref state, 6) += g;
        Unsafe.Add(ref state, 7) += h;
    }

    // The next sixteen words.
    private static void Advance(ref uint w)
    {
        for (uint i = 0; i < Words; i++)
        {
            uint x = At(ref w, i + 1), y = At(ref w, i + 14);
            At(ref w, i) += (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                + At(ref w, i + 9)
                + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref uint At(ref uint w, uint index) => ref Unsafe.Add(ref w, (nint)(index % Words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, ref uint w, ref byte k, int index)
    {
        uint t1 = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
            + (g ^ (e & (f ^ g))) + Unsafe.Add(ref w, index) + Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref k, index * 4));
        d += t1;
        h = t1 + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
            + ((a & b) | (c & (a | b)));
    }

    /// <summary>The constants of section 4.2.2, each as its four bytes in little-endian order.</summary>
    internal static ReadOnlySpan<byte> Constants =>
    [
        0x98, 0x2f, 0x8a, 0x42, 0x91, 0x44, 0x37, 0x71, 0xcf, 0xfb, 0xc0, 0xb5, 0xa5, 0xdb, 0xb5, 0xe9,
        0x5b, 0xc2, 0x56, 0x39, 0xf1, 0x11, 0xf1, 0x59, 0xa4, 0x82, 0x3f, 0x92, 0xd5, 0x5e, 0x1c, 0xab,
        0x98, 0xaa, 0x07, 0xd8, 0x01, 0x5b, 0x83, 0x12, 0xbe, 0x85, 0x31, 0x24, 0xc3, 0x7d, 0x0c, 0x55,
        0x74, 0x5d, 0xbe, 0x72, 0xfe, 0xb1, 0xde, 0x80, 0xa7, 0x06, 0xdc, 0x9b, 0x74, 0xf1, 0x9b, 0xc1,
        0xc1, 0x69, 0x9b, 0xe4, 0x86, 0x47, 0xbe, 0xef, 0xc6, 0x9d, 0xc1, 0x0f, 0xcc, 0xa1, 0x0c, 0x24,
        0x6f, 0x2c, 0xe9, 0x2d, 0xaa, 0x84, 0x74, 0x4a, 0xdc, 0xa9, 0xb0, 0x5c, 0xda, 0x88, 0xf9, 0x76,
        0x52, 0x51, 0x3e, 0x98, 0x6d, 0xc6, 0x31, 0xa8, 0xc8, 0x27, 0x03, 0xb0, 0xc7, 0x7f, 0x59, 0xbf,
        0xf3, 0x0b, 0xe0, 0xc6, 0x47, 0x91, 0xa7, 0xd5, 0x51, 0x63, 0xca, 0x06, 0x67, 0x29, 0x29, 0x14,
        0x85, 0x0a, 0xb7, 0x27, 0x38, 0x21, 0x1b, 0x2e, 0xfc, 0x6d, 0x2c, 0x4d, 0x13, 0x0d, 0x38, 0x53,
        0x54, 0x73, 0x0a, 0x65, 0xbb, 0x0a, 0x6a, 0x76, 0x2e, 0xc9, 0xc2, 0x81, 0x85, 0x2c, 0x72, 0x92,
        0xa1, 0xe8, 0xbf, 0xa2, 0x4b, 0x66, 0x1a, 0xa8, 0x70, 0x8b, 0x4b, 0xc2, 0xa3, 0x51, 0x6c, 0xc7,
        0x19, 0xe8, 0x92, 0xd1, 0x24, 0x06, 0x99, 0xd6, 0x85, 0x35, 0x0e, 0xf4, 0x70, 0xa0, 0x6a, 0x10,
        0x16, 0xc1, 0xa4, 0x19, 0x08, 0x6c, 0x37, 0x1e, 0x4c, 0x77, 0x48, 0x27, 0xb5, 0xbc, 0xb0, 0x34,
        0xb3, 0x0c, 0x1c, 0x39, 0x4a, 0xaa, 0xd8, 0x4e, 0x4f, 0xca, 0x9c, 0x5b, 0xf3, 0x6f, 0x2e, 0x68,
        0xee, 0x82, 0x8f, 0x74, 0x6f, 0x63, 0xa5, 0x78, 0x14, 0x78, 0xc8, 0x84, 0x08, 0x02, 0xc7, 0x8c,
        0xfa, 0xff, 0xbe, 0x90, 0xeb, 0x6c, 0x50, 0xa4, 0xf7, 0xa3, 0xf9, 0xbe, 0xf2, 0x78, 0x71, 0xc6,
    ];
}

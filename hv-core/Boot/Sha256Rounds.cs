using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>SHA-256's compression (FIPS 180-4 section 6.2.2) on any CPU.</summary>
public static class Sha256Rounds
{
    public static void Compress(ref uint state, ref byte data, nuint blocks)
    {
        for (; blocks != 0; blocks--)
        {
            Compress(ref state, ref data);
            data = ref Unsafe.Add(ref data, Sha256.BlockSize);
        }
    }

    // The schedule is kept as the sixteen words that are still needed, in registers.
    private static void Compress(ref uint state, ref byte block)
    {
        ref byte k = ref MemoryMarshal.GetReference(Constants);
        uint w0 = Word(ref block, 0);
        uint w1 = Word(ref block, 1);
        uint w2 = Word(ref block, 2);
        uint w3 = Word(ref block, 3);
        uint w4 = Word(ref block, 4);
        uint w5 = Word(ref block, 5);
        uint w6 = Word(ref block, 6);
        uint w7 = Word(ref block, 7);
        uint w8 = Word(ref block, 8);
        uint w9 = Word(ref block, 9);
        uint w10 = Word(ref block, 10);
        uint w11 = Word(ref block, 11);
        uint w12 = Word(ref block, 12);
        uint w13 = Word(ref block, 13);
        uint w14 = Word(ref block, 14);
        uint w15 = Word(ref block, 15);
        uint a = state;
        uint b = Unsafe.Add(ref state, 1);
        uint c = Unsafe.Add(ref state, 2);
        uint d = Unsafe.Add(ref state, 3);
        uint e = Unsafe.Add(ref state, 4);
        uint f = Unsafe.Add(ref state, 5);
        uint g = Unsafe.Add(ref state, 6);
        uint h = Unsafe.Add(ref state, 7);
        int left = 4;
        while (true)
        {
            Round(a, b, c, ref d, e, f, g, ref h, w0 + K(ref k, 0));
            Round(h, a, b, ref c, d, e, f, ref g, w1 + K(ref k, 1));
            Round(g, h, a, ref b, c, d, e, ref f, w2 + K(ref k, 2));
            Round(f, g, h, ref a, b, c, d, ref e, w3 + K(ref k, 3));
            Round(e, f, g, ref h, a, b, c, ref d, w4 + K(ref k, 4));
            Round(d, e, f, ref g, h, a, b, ref c, w5 + K(ref k, 5));
            Round(c, d, e, ref f, g, h, a, ref b, w6 + K(ref k, 6));
            Round(b, c, d, ref e, f, g, h, ref a, w7 + K(ref k, 7));
            Round(a, b, c, ref d, e, f, g, ref h, w8 + K(ref k, 8));
            Round(h, a, b, ref c, d, e, f, ref g, w9 + K(ref k, 9));
            Round(g, h, a, ref b, c, d, e, ref f, w10 + K(ref k, 10));
            Round(f, g, h, ref a, b, c, d, ref e, w11 + K(ref k, 11));
            Round(e, f, g, ref h, a, b, c, ref d, w12 + K(ref k, 12));
            Round(d, e, f, ref g, h, a, b, ref c, w13 + K(ref k, 13));
            Round(c, d, e, ref f, g, h, a, ref b, w14 + K(ref k, 14));
            Round(b, c, d, ref e, f, g, h, ref a, w15 + K(ref k, 15));
            if (--left == 0)
                break;
            k = ref Unsafe.Add(ref k, 64);
            w0 += Sigma0(w1) + w9 + Sigma1(w14);
            w1 += Sigma0(w2) + w10 + Sigma1(w15);
            w2 += Sigma0(w3) + w11 + Sigma1(w0);
            w3 += Sigma0(w4) + w12 + Sigma1(w1);
            w4 += Sigma0(w5) + w13 + Sigma1(w2);
            w5 += Sigma0(w6) + w14 + Sigma1(w3);
            w6 += Sigma0(w7) + w15 + Sigma1(w4);
            w7 += Sigma0(w8) + w0 + Sigma1(w5);
            w8 += Sigma0(w9) + w1 + Sigma1(w6);
            w9 += Sigma0(w10) + w2 + Sigma1(w7);
            w10 += Sigma0(w11) + w3 + Sigma1(w8);
            w11 += Sigma0(w12) + w4 + Sigma1(w9);
            w12 += Sigma0(w13) + w5 + Sigma1(w10);
            w13 += Sigma0(w14) + w6 + Sigma1(w11);
            w14 += Sigma0(w15) + w7 + Sigma1(w12);
            w15 += Sigma0(w0) + w8 + Sigma1(w13);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ref byte block, int index) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref block, index * 4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint K(ref byte constants, int index) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref constants, index * 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint wk)
    {
        uint t1 = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
            + (g ^ (e & (f ^ g))) + wk;
        d += t1;
        h = t1 + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
            + ((a & b) | (c & (a | b)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sigma0(uint x) => BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ (x >> 10);

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

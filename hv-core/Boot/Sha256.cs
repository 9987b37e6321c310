using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>SHA-256 (FIPS 180-4 section 6.2) of a message in one piece.</summary>
public static class Sha256
{
    public const int BlockSize = 64;
    private const int StateSize = 32, LengthSize = 8;

    [InlineArray(StateSize / sizeof(uint))]
    private struct State
    {
        private uint _first;
    }

    [InlineArray(2 * BlockSize)]
    private struct Tail
    {
        private byte _first;
    }

    public static void Compute(ReadOnlySpan<byte> message, ref Digest256 digest)
    {
        NoPause none = default;
        Compute(message, ref digest, ref none);
    }

    public static void Compute<TPause>(ReadOnlySpan<byte> message, ref Digest256 digest, ref TPause pause)
        where TPause : struct, IPause
    {
        Unsafe.SkipInit(out State state);
        Initial.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<uint, byte>(ref state[0]), StateSize));
        for (int done = 0; message.Length - done >= BlockSize; done += IPause.StepBytes)
        {
            if (done != 0)
                pause.Pause();
            int step = Math.Min(message.Length - done, IPause.StepBytes);
            Compress(ref state[0], ref Unsafe.AsRef(in message[done]), (nuint)(step / BlockSize));
        }

        // Padding as section 5.1.1 says: one bit, zeros, and the length in bits at the end of a block.
        Tail padded = default;
        Span<byte> tail = MemoryMarshal.CreateSpan(ref padded[0], 2 * BlockSize);
        int left = message.Length % BlockSize;
        message.Slice(message.Length - left).CopyTo(tail);
        tail[left] = 0x80;
        int blocks = left < BlockSize - LengthSize ? 1 : 2;
        BinaryPrimitives.WriteUInt64BigEndian(tail.Slice(blocks * BlockSize - LengthSize), (ulong)(uint)message.Length * 8);
        Compress(ref state[0], ref padded[0], (nuint)blocks);
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref digest[0], StateSize);
        for (int i = 0; i < StateSize / sizeof(uint); i++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.Slice(i * sizeof(uint)), state[i]);
    }

    /// <summary>Whether two digests are the same. Nothing secret is compared, so the time it takes may show.</summary>
    public static bool AreEqual(in Digest256 left, in Digest256 right) =>
        MemoryMarshal.CreateReadOnlySpan(in left[0], StateSize).SequenceEqual(MemoryMarshal.CreateReadOnlySpan(in right[0], StateSize));

    // With the CPU's instructions where it has them.
    internal static void Compress(ref uint state, ref byte data, nuint blocks)
    {
#if ARM64 || X64
        if (Sha256Instructions.ArePresent)
        {
            Sha256Instructions.Compress(ref state, ref data, blocks);
            return;
        }
#endif
        Sha256Rounds.Compress(ref state, ref data, blocks);
    }

    /// <summary>The initial hash value of section 5.3.3, each word as its four bytes in little-endian order.</summary>
    internal static ReadOnlySpan<byte> Initial =>
    [
        0x67, 0xe6, 0x09, 0x6a, 0x85, 0xae, 0x67, 0xbb, 0x72, 0xf3, 0x6e, 0x3c, 0x3a, 0xf5, 0x4f, 0xa5,
        0x7f, 0x52, 0x0e, 0x51, 0x8c, 0x68, 0x05, 0x9b, 0xab, 0xd9, 0x83, 0x1f, 0x19, 0xcd, 0xe0, 0x5b,
    ];
}

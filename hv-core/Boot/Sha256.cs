using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>
/// SHA-256 (FIPS 180-4 section 6.2), in any number of pieces: <see cref="Initialize"/>, <see cref="Update"/> as often as
/// needed, <see cref="Finish"/> once.
/// </summary>
public struct Sha256
{
    public const int BlockSize = 64;

    private State _state;
    private ulong _length;
    private Block _block;

    [InlineArray(8)]
    private struct State
    {
        private uint _first;
    }

    [InlineArray(BlockSize)]
    private struct Block
    {
        private byte _first;
    }

    public static void Compute(ReadOnlySpan<byte> message, ref Digest256 digest)
    {
        Unsafe.SkipInit(out Sha256 hash);
        hash.Initialize();
        hash.Update(message);
        hash.Finish(ref digest);
    }

    /// <summary>The initial hash value of section 5.3.3.</summary>
    public void Initialize()
    {
        _state[0] = 0x6a09e667;
        _state[1] = 0xbb67ae85;
        _state[2] = 0x3c6ef372;
        _state[3] = 0xa54ff53a;
        _state[4] = 0x510e527f;
        _state[5] = 0x9b05688c;
        _state[6] = 0x1f83d9ab;
        _state[7] = 0x5be0cd19;
        _length = 0;
    }

    public void Update(ReadOnlySpan<byte> message)
    {
        int filled = (int)(_length % BlockSize);
        _length += (uint)message.Length;
        if (filled != 0)
        {
            int taken = Math.Min(BlockSize - filled, message.Length);
            message.Slice(0, taken).CopyTo(MemoryMarshal.CreateSpan(ref _block[filled], taken));
            message = message.Slice(taken);
            if (filled + taken < BlockSize)
                return;
            Compress(ref _state[0], ref _block[0], 1);
        }
        int blocks = message.Length / BlockSize;
        if (blocks != 0)
        {
            Compress(ref _state[0], ref MemoryMarshal.GetReference(message), (nuint)blocks);
            message = message.Slice(blocks * BlockSize);
        }
        message.CopyTo(MemoryMarshal.CreateSpan(ref _block[0], BlockSize));
    }

    /// <summary>Pads as section 5.1.1 says and writes the digest. The state is used up.</summary>
    public void Finish(ref Digest256 digest)
    {
        ulong bits = _length * 8;
        int filled = (int)(_length % BlockSize);
        Span<byte> block = MemoryMarshal.CreateSpan(ref _block[0], BlockSize);
        block[filled++] = 0x80;
        if (filled > BlockSize - 8)
        {
            block.Slice(filled).Clear();
            Compress(ref _state[0], ref _block[0], 1);
            filled = 0;
        }
        block.Slice(filled).Clear();
        BinaryPrimitives.WriteUInt64BigEndian(block.Slice(BlockSize - 8), bits);
        Compress(ref _state[0], ref _block[0], 1);
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref digest[0], 32);
        for (int i = 0; i < 8; i++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.Slice(i * 4), _state[i]);
    }

    /// <summary>Whether two digests are the same. Nothing secret is compared, so the time it takes may show.</summary>
    public static bool AreEqual(in Digest256 left, in Digest256 right) =>
        MemoryMarshal.CreateReadOnlySpan(in left[0], 32).SequenceEqual(MemoryMarshal.CreateReadOnlySpan(in right[0], 32));

    // With the CPU's instructions where it has them.
    private static void Compress(ref uint state, ref byte data, nuint blocks)
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
}

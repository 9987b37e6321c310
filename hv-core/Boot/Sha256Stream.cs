using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>SHA-256 (FIPS 180-4 section 6.2) of a message that comes in pieces.</summary>
public struct Sha256Stream
{
    private const int Block = Sha256.BlockSize, LengthSize = 8;

    private Digest256 _state;
    private BlockRoom _block;
    private ulong _length;

    // A whole block, and what the padding may need beyond it.
    [InlineArray(2 * Block)]
    private struct BlockRoom
    {
        private byte _first;
    }

    public void Begin()
    {
        _length = 0;
        Sha256.Initial.CopyTo(MemoryMarshal.CreateSpan(ref _state[0], Unsafe.SizeOf<Digest256>()));
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        int used = (int)(_length % Block);
        _length += (ulong)(uint)bytes.Length;
        if (used != 0)
        {
            int taken = Math.Min(bytes.Length, Block - used);
            bytes.Slice(0, taken).CopyTo(Room.Slice(used));
            bytes = bytes.Slice(taken);
            if (used + taken != Block)
                return;
            Compress(Room.Slice(0, Block));
        }
        int whole = bytes.Length - bytes.Length % Block;
        if (whole != 0)
            Compress(bytes.Slice(0, whole));
        bytes.Slice(whole).CopyTo(Room);
    }

    /// <summary>The digest of all that came since <see cref="Begin"/>, which must be called before more can.</summary>
    public void Finish(ref Digest256 digest)
    {
        // Padding as section 5.1.1 says: one bit, zeros, and the length in bits at the end of a block.
        int used = (int)(_length % Block);
        Room.Slice(used).Clear();
        Room[used] = 0x80;
        int end = used < Block - LengthSize ? Block : 2 * Block;
        BinaryPrimitives.WriteUInt64BigEndian(Room.Slice(end - LengthSize), _length * 8);
        Compress(Room.Slice(0, end));
        // Words of the state, most significant byte first.
        for (int i = 0; i < Unsafe.SizeOf<Digest256>(); i += sizeof(uint))
            BinaryPrimitives.WriteUInt32BigEndian(MemoryMarshal.CreateSpan(ref digest[i], sizeof(uint)), Unsafe.As<byte, uint>(ref _state[i]));
    }

    private void Compress(ReadOnlySpan<byte> blocks) =>
        Sha256.Compress(ref Unsafe.As<byte, uint>(ref _state[0]), ref Unsafe.AsRef(in blocks[0]), (nuint)(blocks.Length / Block));

    [UnscopedRef]
    private Span<byte> Room => MemoryMarshal.CreateSpan(ref _block[0], 2 * Block);
}

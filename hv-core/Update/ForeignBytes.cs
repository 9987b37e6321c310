using System;

namespace Bulkhead.Update;

/// <summary>Bytes that a guest may change at any time: what is used of them is copied out first, and once.</summary>
public readonly ref struct ForeignBytes(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length;

    /// <summary>Fills the room with the bytes from an offset on; so many there are.</summary>
    public void CopyTo(int offset, Span<byte> room) => _bytes.Slice(offset, room.Length).CopyTo(room);
}

using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Tests.Core;

/// <summary>An image in memory, that can behave as if it were on a disk.</summary>
internal readonly struct BytesImage(byte[] bytes, bool isMapped) : IImageSource
{
    public bool IsMapped => isMapped;

    public ImageRange All => new() { Size = (ulong)bytes.Length };

    public bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> read)
    {
        read = default;
        if (range.Offset > (ulong)bytes.Length || range.Size > (ulong)bytes.Length - range.Offset)
            return false;
        ReadOnlySpan<byte> there = bytes.AsSpan((int)range.Offset, (int)range.Size);
        if (isMapped)
        {
            read = there;
            return true;
        }
        there.CopyTo(room);
        read = room[..there.Length];
        return true;
    }
}

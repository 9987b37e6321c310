using System;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>An architecture's boot image for the package loader.</summary>
public readonly struct BoardImage<TArch> : IImageSource where TArch : struct, IBoardImage
{
    public bool IsMapped => TArch.IsImageMapped;

    public bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes) => TArch.TryReadImage(range, room, out bytes);
}

using System;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>The board's image, as <see cref="IImageSource"/> has it; may be read from several CPUs at once.</summary>
public interface IBoardImage
{
    static abstract bool IsImageMapped { get; }
    static abstract bool TryReadImage(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes);
}

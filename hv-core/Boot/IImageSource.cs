using System;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>The image that the board boots from, read only: flash, a copy in RAM, or a disk.</summary>
public interface IImageSource
{
    /// <summary>Whether the image can be read where it lies, so that no room is needed.</summary>
    bool IsMapped { get; }

    /// <summary>Bytes of the image.</summary>
    /// <param name="range">From the image's first byte.</param>
    /// <param name="room">At least as long as the range; not used if <see cref="IsMapped"/>.</param>
    /// <param name="bytes">The bytes: where they lie if mapped, else in room.</param>
    /// <returns>False when the range is not inside the image or could not be read.</returns>
    bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes);
}

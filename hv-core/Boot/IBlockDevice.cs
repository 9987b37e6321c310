using System;

namespace Bulkhead.Boot;

/// <summary>A disk in blocks of 512 bytes, read only.</summary>
public interface IBlockDevice
{
    public const int BlockSize = 512;

    ulong BlockCount { get; }

    /// <param name="block">The first of them.</param>
    /// <param name="room">A multiple of <see cref="BlockSize"/>.</param>
    /// <returns>False when they are not all on the disk, or could not be read.</returns>
    bool TryRead(ulong block, Span<byte> room);
}

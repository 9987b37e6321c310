using System;

namespace Bulkhead.Update;

/// <summary>
/// What keeps bytes without power: NOR flash, or a disk that is used as if it were. Offsets count from the image's
/// first byte. Nothing is certain to be kept before <see cref="TryFlush"/> returns, and nothing says in which order.
/// </summary>
public interface IFlash
{
    /// <summary>What is erased at once, and what slots and state blocks are made of, in bytes.</summary>
    public const int EraseBlock = 256 * 1024;
    /// <summary>Programs begin and end at multiples of this: a disk's sector.</summary>
    public const int ProgramUnit = 512;

    bool TryRead(ulong offset, Span<byte> room);

    /// <summary>Makes a block all ones. Interrupted, it leaves anything.</summary>
    /// <param name="offset">A multiple of <see cref="EraseBlock"/>.</param>
    bool TryErase(ulong offset);

    /// <summary>Clears the bits that are zero in <paramref name="bytes"/>; between two erases no bit is ever set again.</summary>
    /// <param name="offset">A multiple of <see cref="ProgramUnit"/>, as the length is.</param>
    bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes);

    /// <summary>Waits until everything before it is kept.</summary>
    bool TryFlush();
}

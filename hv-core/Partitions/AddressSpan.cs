using System.Runtime.CompilerServices;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>A stretch of some address space for comparisons: first byte and length, never wrapping once checked.</summary>
internal readonly struct AddressSpan(ulong start, ulong size)
{
    public readonly ulong Start = start;
    public readonly ulong Size = size;

    public ulong End => Start + Size;

    public static AddressSpan Of(in HostRange range) => new(range.Base.Value, range.Size);
    public static AddressSpan Of(in ImageRange range) => new(range.Offset, range.Size);
    public static AddressSpan GuestOf(in GuestMapping mapping) => new(mapping.Guest.Value, mapping.Size);
    public static AddressSpan HostOf(in GuestMapping mapping) => new(mapping.Host.Value, mapping.Size);

    /// <summary>Not empty, both ends multiples of the alignment, and all of it below 2^<paramref name="bits"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool IsSound(ulong alignment, int bits) =>
        Size != 0 && ((Start | Size) & (alignment - 1)) == 0 && Start < 1ul << bits && Size <= (1ul << bits) - Start;

    /// <summary>Both sound.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Overlaps(AddressSpan other) => Start < other.Start + other.Size && other.Start < Start + Size;

    /// <summary>Whether all of this lies inside the other, which is sound; this may be anything.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool IsInside(AddressSpan other) =>
        Start >= other.Start && Size <= other.Size && Start - other.Start <= other.Size - Size;
}

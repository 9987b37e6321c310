using System;

namespace Bulkhead.Partitions;

/// <summary>What the console says of a package that is not started.</summary>
public static class PackageErrorText
{
    public static ReadOnlySpan<byte> Of(PackageError error) => error switch
    {
        PackageError.None => "sound"u8,
        PackageError.EmptySlot => "the slot is empty"u8,
        PackageError.Truncated => "the slot is shorter than a package's header"u8,
        PackageError.BadMagic => "the slot holds no package"u8,
        PackageError.BadVersion => "a package version this hypervisor does not know"u8,
        PackageError.BadSize => "the header's size field is not a header's"u8,
        PackageError.BadDigest => "the header does not match its digest"u8,
        PackageError.WrongGuest => "the package is another guest's"u8,
        PackageError.WrongBoard => "the package is another board's"u8,
        PackageError.BadSegmentCount => "the segment count is out of bounds"u8,
        PackageError.BadKind => "a segment's kind, its compression or the way of entry is unknown"u8,
        PackageError.BadStoredRange => "a segment is stored outside the slot, unaligned, or with a wrong size"u8,
        PackageError.OverlappingStored => "two segments overlap in the slot"u8,
        PackageError.BadLoadRange => "a segment is loaded outside the guest's memory"u8,
        PackageError.OverlappingLoad => "two segments overlap in the guest's memory"u8,
        PackageError.BadTotals => "the header's totals are not the segments'"u8,
        PackageError.BadEntry => "the entry is not inside the kernel"u8,
        PackageError.BadDeviceTree => "the device tree is not in a segment of that kind"u8,
        PackageError.BadSeed => "a seed is not inside the device tree"u8,
        PackageError.MemoryUnreachable => "the guest's memory cannot be reached"u8,
        PackageError.BadCompression => "a segment does not inflate"u8,
        PackageError.WrongSegmentDigest => "a segment does not match its SHA-256"u8,
        _ => "unknown error"u8,
    };
}

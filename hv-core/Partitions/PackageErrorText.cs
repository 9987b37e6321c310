using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Partitions;

/// <summary>What the console says of a package that is not started.</summary>
public static class PackageErrorText
{
    public static ReadOnlySpan<byte> Of(PackageError error) => TextList.At(Texts, (int)error);

    // In PackageError's order.
    private static ReadOnlySpan<byte> Texts =>
        "sound\0"u8 +
        "the slot is empty\0"u8 +
        "the slot is shorter than a package's header\0"u8 +
        "the slot holds no package\0"u8 +
        "a package version this hypervisor does not know\0"u8 +
        "the header's size field is not a header's\0"u8 +
        "the header does not match its digest\0"u8 +
        "the package is another guest's\0"u8 +
        "the package is another board's\0"u8 +
        "the segment count is out of bounds\0"u8 +
        "a segment's kind, its compression or the way of entry is unknown here\0"u8 +
        "a segment is stored outside the slot, unaligned, or with a wrong size\0"u8 +
        "two segments overlap in the slot\0"u8 +
        "a segment is loaded outside the guest's memory\0"u8 +
        "two segments overlap in the guest's memory\0"u8 +
        "the header's totals are not the segments'\0"u8 +
        "the entry is not inside the kernel\0"u8 +
        "the boot information is not in a segment of that kind\0"u8 +
        "a seed is not inside the boot information\0"u8 +
        "the guest's memory cannot be reached\0"u8 +
        "the guest's memory has no room to unpack a segment\0"u8 +
        "the slot cannot be read\0"u8 +
        "a segment does not inflate\0"u8 +
        "a segment does not match its SHA-256\0"u8 +
        "it is not signed by the guest's key\0"u8 +
        "a version with a higher rollback index has been confirmed here\0"u8 +
        "it talks other versions of the channels than this appliance has\0"u8;
}

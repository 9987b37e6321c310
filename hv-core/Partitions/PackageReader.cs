using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Update;

namespace Bulkhead.Partitions;

/// <summary>Takes over a package's header from a slot, for one guest of one board; see <see cref="ApplianceTableReader"/>.</summary>
public static class PackageReader
{
    private const ulong StoredAlignment = 4096;
    private const ulong PageSize = 4096;
    // A device tree wants 8 bytes (Documentation/arch/arm64/booting.rst, section 2), A64 instructions are 4.
    private const ulong BootInfoAlignment = 8;
    private const ulong Arm64EntryAlignment = 4;

    /// <summary>Copies the header out of the slot, then checks the copy against guest and slot.</summary>
    /// <param name="image">Where the slot is.</param>
    /// <param name="slot">As a range of the image.</param>
    /// <param name="rollback">The index that has been confirmed for this guest.</param>
    public static PackageError Read<TImage>(
        in TImage image, ImageRange slot, in GuestEntry guest, in BoardFacts board, ulong rollback, ref PackageHeader header)
        where TImage : struct, IImageSource
    {
        int size = Unsafe.SizeOf<PackageHeader>();
        if (slot.Size < PackageHeader.StoredSize)
            return PackageError.Truncated;
        Span<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref header, 1));
        ImageRange range = new() { Offset = slot.Offset, Size = (ulong)(uint)size };
        if (!image.TryRead(range, bytes, out ReadOnlySpan<byte> stored))
            return PackageError.Unreadable;
        if (image.IsMapped)
            stored.CopyTo(bytes);
        RsaNumber signature = default;
        if (guest.IsSigned && !TryReadSignature(in image, slot, ref signature))
            return PackageError.Unreadable;
        return Check(in header, in signature, slot.Size, in guest, in board, rollback);
    }

    /// <summary>The same for a package that is about to be written to a slot.</summary>
    /// <param name="page">Its first <see cref="PackageHeader.StoredSize"/> bytes.</param>
    /// <param name="slotSize">Of the slot that it is for.</param>
    public static PackageError Read(
        ReadOnlySpan<byte> page, ulong slotSize, in GuestEntry guest, in BoardFacts board, ulong rollback, ref PackageHeader header)
    {
        if (page.Length < PackageHeader.StoredSize)
            return PackageError.Truncated;
        header = MemoryMarshal.Read<PackageHeader>(page);
        RsaNumber signature = MemoryMarshal.Read<RsaNumber>(page.Slice(PackageHeader.SignatureOffset));
        return Check(in header, in signature, slotSize, in guest, in board, rollback);
    }

    private static PackageError Check(
        in PackageHeader header, in RsaNumber signature, ulong slotSize, in GuestEntry guest, in BoardFacts board, ulong rollback)
    {
        // Erased flash reads as ones; a fresh image file as zeros.
        if (header.Magic is 0 or ~0ul)
            return PackageError.EmptySlot;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in header, 1));
        HeaderFault fault = SignedHeader.Check(bytes, PackageHeader.ExpectedMagic, PackageHeader.CurrentVersion);
        if (fault != HeaderFault.None)
            return PackageError.BadMagic + (fault - HeaderFault.BadMagic);
        if (guest.IsSigned && !RsaVerifier.Verify(in guest.Key, in header.HeaderDigest, in signature))
            return PackageError.BadSignature;
        if (header.Rollback < rollback)
            return PackageError.Downgrade;
        return Check(in header, slotSize, in guest, in board);
    }

    private static bool TryReadSignature<TImage>(in TImage image, ImageRange slot, ref RsaNumber signature)
        where TImage : struct, IImageSource
    {
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref signature[0], RsaNumber.Size);
        ImageRange range = new() { Offset = slot.Offset + PackageHeader.SignatureOffset, Size = RsaNumber.Size };
        if (!image.TryRead(range, bytes, out ReadOnlySpan<byte> stored))
            return false;
        if (image.IsMapped)
            stored.CopyTo(bytes);
        return true;
    }

    /// <summary>Everything but magic, version, size and digest.</summary>
    internal static PackageError Check(in PackageHeader header, ulong slotSize, in GuestEntry guest, in BoardFacts board)
    {
        if (!NameRules.AreEqual(in header.GuestName, in guest.Name))
            return PackageError.WrongGuest;
        if (!NameRules.AreEqual(in header.BoardName, in board.Name))
            return PackageError.WrongBoard;
        if (header.ChannelAbiFirst > guest.ChannelAbiLast || header.ChannelAbiLast < guest.ChannelAbiFirst)
            return PackageError.OtherChannels;
        if (!IsFor(header.EntryKind, board.Architecture))
            return PackageError.BadKind;
        if (header.SegmentCount - 1 >= PackageHeader.MaxSegments)
            return PackageError.BadSegmentCount;

        ulong stored = 0;
        ulong loaded = 0;
        for (int i = 0; i < (int)header.SegmentCount; i++)
        {
            ref readonly PackageSegment segment = ref header.Segment[i];
            PackageError error = CheckSegment(in header, i, slotSize, in guest);
            if (error != PackageError.None)
                return error;
            stored += segment.StoredSize;
            loaded += segment.LoadedSize;
        }
        // The stored total may count the padding between segments.
        if (loaded != header.LoadedBytes || header.StoredBytes < stored || header.StoredBytes > slotSize - PackageHeader.StoredSize)
            return PackageError.BadTotals;

        ulong instruction = board.Architecture == CpuArchitecture.Arm64 ? Arm64EntryAlignment : 1;
        if ((header.Entry.Value & (instruction - 1)) != 0 || !IsIn(in header, SegmentKind.Kernel, header.Entry, instruction))
            return PackageError.BadEntry;
        if (header.BootInfo.Value != 0 && ((header.BootInfo.Value & (BootInfoAlignment - 1)) != 0
            || !IsIn(in header, SegmentKind.BootInfo, header.BootInfo, BootInfoAlignment)))
            return PackageError.BadBootInfo;
        if (!HasTables(in header))
            return PackageError.BadBootInfo;
        if (!IsSeed(in header, header.RngSeed, header.RngSeedSize) || !IsSeed(in header, header.KaslrSeed, header.KaslrSeedSize))
            return PackageError.BadSeed;
        return PackageError.None;
    }

    private static bool IsFor(EntryKind kind, CpuArchitecture architecture) => architecture == CpuArchitecture.Arm64
        ? kind == EntryKind.Arm64Image : kind is EntryKind.Pvh or EntryKind.Linux64;

    private static PackageError CheckSegment(in PackageHeader header, int index, ulong slotSize, in GuestEntry guest)
    {
        ref readonly PackageSegment segment = ref header.Segment[index];
        if (segment.Kind is < SegmentKind.Kernel or > SegmentKind.BootInfo || segment.Compression > Compression.Gzip)
            return PackageError.BadKind;
        AddressSpan stored = Stored(in segment);
        AddressSpan load = Load(in segment);
        if (stored.Size == 0 || (stored.Start & (StoredAlignment - 1)) != 0
            || !stored.IsInside(new(PackageHeader.StoredSize, slotSize - PackageHeader.StoredSize)))
            return PackageError.BadStoredRange;
        if (segment.Compression == Compression.None && segment.LoadedSize != segment.StoredSize)
            return PackageError.BadStoredRange;
        // A span counts with 31 bits.
        if (load.Size is 0 or > int.MaxValue || !IsRam(in guest, load))
            return PackageError.BadLoadRange;
        for (int i = 0; i < index; i++)
        {
            if (stored.Overlaps(Stored(in header.Segment[i])))
                return PackageError.OverlappingStored;
            if (load.Overlaps(Load(in header.Segment[i])))
                return PackageError.OverlappingLoad;
        }
        return PackageError.None;
    }

    // Page tables and GDT go with the entry that needs them, and with no other.
    private static bool HasTables(in PackageHeader header)
    {
        if (header.EntryKind != EntryKind.Linux64)
            return header.PageTables.Value == 0 && header.Gdt.Value == 0;
        return (header.PageTables.Value & (PageSize - 1)) == 0 && (header.Gdt.Value & (BootInfoAlignment - 1)) == 0
            && IsIn(in header, SegmentKind.BootInfo, header.PageTables, PageSize)
            && IsIn(in header, SegmentKind.BootInfo, header.Gdt, PackageHeader.GdtSize);
    }

    private static bool IsSeed(in PackageHeader header, GuestPhys address, uint size)
    {
        if (address.Value == 0)
            return true;
        return size != 0 && IsIn(in header, SegmentKind.BootInfo, address, size);
    }

    private static bool IsIn(in PackageHeader header, SegmentKind kind, GuestPhys address, ulong size)
    {
        for (int i = 0; i < (int)header.SegmentCount; i++)
        {
            if (header.Segment[i].Kind == kind && new AddressSpan(address.Value, size).IsInside(Load(in header.Segment[i])))
                return true;
        }
        return false;
    }

    // Inside one mapping: two that happen to touch in the guest need not on the board.
    private static bool IsRam(in GuestEntry guest, AddressSpan span)
    {
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            if (guest.Mapping[i].Kind == MappingKind.Ram && span.IsInside(AddressSpan.GuestOf(in guest.Mapping[i])))
                return true;
        }
        return false;
    }

    private static AddressSpan Stored(in PackageSegment segment) => new(segment.StoredOffset, segment.StoredSize);

    private static AddressSpan Load(in PackageSegment segment) => new(segment.Load.Value, segment.LoadedSize);
}

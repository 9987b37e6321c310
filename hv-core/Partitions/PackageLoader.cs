using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>
/// Brings a guest's memory to the state it starts in: every segment copied or inflated and then hashed where it will
/// run, everything else zero.
/// </summary>
public static class PackageLoader
{
    // Zeroes are written many times as fast as anything is read.
    private const ulong ScrubStep = 1 << 20;

    /// <param name="image">Where the slot is.</param>
    /// <param name="slot">The package, as a range of the image.</param>
    /// <param name="header">Checked by <see cref="PackageReader"/> for this slot and guest.</param>
    /// <param name="inflate">What went wrong if the result is BadCompression.</param>
    /// <param name="failed">The segment an error is about, or -1.</param>
    public static PackageError Load<TImage, TMemory>(
        in TImage image, ImageRange slot, in PackageHeader header, in GuestEntry guest, ref TMemory memory,
        ref InflateTables tables, ref LoadPhases phases, out InflateStatus inflate, out int failed)
        where TImage : struct, IImageSource
        where TMemory : struct, IGuestMemory
    {
        inflate = InflateStatus.Ok;
        for (int i = 0; i < (int)header.SegmentCount; i++)
        {
            failed = i;
            ref readonly PackageSegment segment = ref header.Segment[i];
            Span<byte> target = memory.Open(segment.Load, (int)segment.LoadedSize);
            if (target.Length < (int)segment.LoadedSize)
                return PackageError.MemoryUnreachable;
            target = target.Slice(0, (int)segment.LoadedSize);
            bool packed = segment.Compression != Compression.None;
            Span<byte> room = image.IsMapped ? default
                : packed ? Room(in header, i, in guest, ref memory)
                : target;

            ulong start = memory.Now();
            ImageRange range = new() { Offset = slot.Offset + segment.StoredOffset, Size = segment.StoredSize };
            if (!image.IsMapped && room.Length < (int)segment.StoredSize)
                return PackageError.NoRoomToUnpack;
            if (!TryFetch(in image, range, room, ref memory, out ReadOnlySpan<byte> stored))
                return PackageError.Unreadable;
            if (packed)
            {
                phases.Copy += memory.Now() - start;
                start = memory.Now();
                inflate = Gzip.Inflate(stored, target, ref tables, ref memory);
                phases.Inflate += memory.Now() - start;
                if (inflate != InflateStatus.Ok)
                    return PackageError.BadCompression;
            }
            else
            {
                if (image.IsMapped)
                    Copy(stored, target, ref memory);
                phases.Copy += memory.Now() - start;
            }

            start = memory.Now();
            Digest256 digest = default;
            Sha256.Compute(target, ref digest, ref memory);
            phases.Hash += memory.Now() - start;
            if (!Sha256.AreEqual(in digest, in segment.Digest))
                return PackageError.WrongSegmentDigest;
        }
        failed = -1;
        ulong scrub = memory.Now();
        bool scrubbed = Scrub(in header, in guest, ref memory);
        phases.Scrub += memory.Now() - scrub;
        return scrubbed ? PackageError.None : PackageError.MemoryUnreachable;
    }

    private static bool TryFetch<TImage, TMemory>(in TImage image, ImageRange range, Span<byte> room, ref TMemory memory, out ReadOnlySpan<byte> bytes)
        where TImage : struct, IImageSource
        where TMemory : struct, IGuestMemory
    {
        if (image.IsMapped)
            return image.TryRead(range, room, out bytes);
        bytes = room.Slice(0, (int)range.Size);
        for (; range.Size != 0; memory.Pause())
        {
            ImageRange step = new() { Offset = range.Offset, Size = Math.Min(range.Size, IPause.StepBytes) };
            if (!image.TryRead(step, room, out _))
                return false;
            room = room.Slice((int)step.Size);
            range.Offset += step.Size;
            range.Size -= step.Size;
        }
        return true;
    }

    private static void Copy<TMemory>(ReadOnlySpan<byte> from, Span<byte> to, ref TMemory memory)
        where TMemory : struct, IGuestMemory
    {
        for (int done = 0; done < from.Length; done += IPause.StepBytes, memory.Pause())
            from.Slice(done, Math.Min(from.Length - done, IPause.StepBytes)).CopyTo(to.Slice(done));
    }

    /// <summary>
    /// A place in the guest's RAM for a segment's stored bytes while it is unpacked: any that no segment wants. It is
    /// scrubbed with the rest. Empty when there is none.
    /// </summary>
    private static Span<byte> Room<TMemory>(in PackageHeader header, int index, in GuestEntry guest, ref TMemory memory)
        where TMemory : struct, IGuestMemory
    {
        ulong bytes = header.Segment[index].StoredSize;
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            AddressSpan ram = AddressSpan.GuestOf(in guest.Mapping[i]);
            if (guest.Mapping[i].Kind != MappingKind.Ram)
                continue;
            // From the start of the RAM past each segment that is in the way.
            ulong at = ram.Start;
            for (int s = 0; s < (int)header.SegmentCount; s++)
            {
                if (!new AddressSpan(at, bytes).Overlaps(LoadOf(in header.Segment[s])))
                    continue;
                at = LoadOf(in header.Segment[s]).End;
                s = -1;
            }
            if (new AddressSpan(at, bytes).IsInside(ram))
                return memory.Open(new GuestPhys(at), (int)bytes).Slice(0, (int)bytes);
        }
        return default;
    }

    private static AddressSpan LoadOf(in PackageSegment segment) => new(segment.Load.Value, segment.LoadedSize);

    /// <summary>Zeroes all RAM of the guest that no segment fills.</summary>
    private static bool Scrub<TMemory>(in PackageHeader header, in GuestEntry guest, ref TMemory memory)
        where TMemory : struct, IGuestMemory
    {
        for (int i = 0; i < (int)guest.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref guest.Mapping[i];
            if (mapping.Kind != MappingKind.Ram)
                continue;
            ulong at = mapping.Guest.Value;
            ulong end = at + mapping.Size;
            while (at < end)
            {
                // Up to the next segment; past it if it starts here.
                ulong stop = end;
                ulong resume = end;
                for (int s = 0; s < (int)header.SegmentCount; s++)
                {
                    ulong start = header.Segment[s].Load.Value;
                    if (start >= at && start < stop)
                    {
                        stop = start;
                        resume = start + header.Segment[s].LoadedSize;
                    }
                }
                if (!Zero(new GuestPhys(at), stop - at, ref memory))
                    return false;
                at = stop < end ? resume : end;
            }
        }
        return true;
    }

    private static bool Zero<TMemory>(GuestPhys address, ulong bytes, ref TMemory memory)
        where TMemory : struct, IGuestMemory
    {
        while (bytes != 0)
        {
            int step = (int)Math.Min(bytes, ScrubStep);
            Span<byte> target = memory.Open(address, step);
            if (target.Length < step)
                return false;
            memory.Zero(target.Slice(0, step));
            memory.Pause();
            address += (ulong)step;
            bytes -= (ulong)step;
        }
        return true;
    }
}

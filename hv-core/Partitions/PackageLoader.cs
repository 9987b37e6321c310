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
    // The most that is opened and zeroed at a time.
    private const ulong ScrubStep = 1 << 30;

    /// <param name="header">Checked by <see cref="PackageReader"/> for this slot and guest.</param>
    /// <param name="inflate">What went wrong if the result is BadCompression.</param>
    /// <param name="failed">The segment an error is about, or -1.</param>
    public static PackageError Load<TMemory>(
        ReadOnlySpan<byte> slot, in PackageHeader header, in GuestEntry guest, ref TMemory memory, ref InflateTables tables,
        ref LoadPhases phases, out InflateStatus inflate, out int failed)
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
            ReadOnlySpan<byte> stored = slot.Slice((int)segment.StoredOffset, (int)segment.StoredSize);

            ulong start = memory.Now();
            if (segment.Compression == Compression.Gzip)
            {
                inflate = Gzip.Inflate(stored, target, ref tables);
                phases.Inflate += memory.Now() - start;
                if (inflate != InflateStatus.Ok)
                    return PackageError.BadCompression;
            }
            else
            {
                stored.CopyTo(target);
                phases.Copy += memory.Now() - start;
            }

            start = memory.Now();
            Digest256 digest = default;
            Sha256.Compute(target, ref digest);
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
            address += (ulong)step;
            bytes -= (ulong)step;
        }
        return true;
    }
}

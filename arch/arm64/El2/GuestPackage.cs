using System;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>Loads a guest's package from its slot into its RAM, ready for an entry with the MMU off.</summary>
internal static class GuestPackage
{
    public static bool TryLoad(ref Partition partition, out GuestPhys entry, out GuestPhys deviceTree)
    {
        entry = default;
        deviceTree = default;
        if (!BoardImage.TryRead(partition.Entry.SlotA, out ReadOnlySpan<byte> slot))
            return false;
        PackageHeader header = default;
        PackageError error = PackageReader.Read(slot, in partition.Entry, in ApplianceTables.Board, ref header);
        if (error == PackageError.None)
        {
            Unsafe.SkipInit(out InflateTables tables);
            GuestMemory memory = new(partition.Index);
            LoadPhases phases = default;
            error = PackageLoader.Load(slot, in header, in partition.Entry, ref memory, ref tables, ref phases, out _, out _);
            HypervisorLog.Load(partition.Index, in phases);
        }
        if (error != PackageError.None)
        {
            HypervisorLog.Guest(partition.Index, PackageErrorText.Of(error));
            return false;
        }
        GuestSeed.Fill(ref partition, header.RngSeed, header.RngSeedSize);
        GuestSeed.Fill(ref partition, header.KaslrSeed, header.KaslrSeedSize);
        CleanSegments(ref partition, in header);
        entry = header.Entry;
        deviceTree = header.BootInfo;
        return true;
    }

    // The guest starts with MMU and caches off and reads memory, not our cache (DDI 0487 D7.5.9.3); scrubbing cleans
    // as it zeroes. Its instruction fetches may have been cached since the CPU's reset.
    private static void CleanSegments(ref Partition partition, in PackageHeader header)
    {
        for (int i = 0; i < header.SegmentCount; i++)
        {
            if (partition.TryTranslate(header.Segment[i].Load, header.Segment[i].LoadedSize, out HostPhys host))
                Instruction.CleanRange(host.Value, header.Segment[i].LoadedSize);
        }
        Instruction.InvalidateInstructionCaches();
        Instruction.DsbIsh();
        Instruction.Isb();
    }
}

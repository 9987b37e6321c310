using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>Loads a guest's package from its slot into its RAM, ready for an entry with caches off.</summary>
public static class GuestPackage<TArch> where TArch : struct, IArch
{
    public static bool TryLoad(ref PartitionCore partition, out GuestPhys entry, out GuestPhys argument)
    {
        entry = default;
        argument = default;
        PackageHeader header = default;
        PackageError error = Read(in partition, ref header);
        if (error == PackageError.None)
            error = Unpack(ref partition, in header);
        if (error != PackageError.None)
        {
            HypervisorLog<TArch>.Guest(partition.Index, PackageErrorText.Of(error));
            return false;
        }
        GuestSeed<TArch>.Fill(partition.Index, header.RngSeed, header.RngSeedSize);
        GuestSeed<TArch>.Fill(partition.Index, header.KaslrSeed, header.KaslrSeedSize);
        Publish(ref partition, in header);
        partition.EntryKind = header.EntryKind;
        partition.PageTables = header.PageTables;
        partition.Gdt = header.Gdt;
        entry = header.Entry;
        argument = header.BootInfo;
        return true;
    }

    // A signature's arithmetic and the inflater's tables each take half a stack: never both at once.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PackageError Read(in PartitionCore partition, ref PackageHeader header)
    {
        BoardImage<TArch> image = default;
        return PackageReader.Read(in image, partition.Entry.SlotA, in partition.Entry, in ApplianceTables.Board, 0, ref header);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PackageError Unpack(ref PartitionCore partition, in PackageHeader header)
    {
        BoardImage<TArch> image = default;
        Unsafe.SkipInit(out InflateTables tables);
        GuestMemory<TArch> memory = new(partition.Index);
        LoadPhases phases = default;
        PackageError error = PackageLoader.Load(in image, partition.Entry.SlotA, in header, in partition.Entry, ref memory, ref tables, ref phases, out _, out _);
        HypervisorLog<TArch>.Load(partition.Index, in phases);
        return error;
    }

    // What was scrubbed is published as it is zeroed.
    private static void Publish(ref PartitionCore partition, in PackageHeader header)
    {
        for (int i = 0; i < header.SegmentCount; i++)
        {
            if (partition.TryTranslate(header.Segment[i].Load, header.Segment[i].LoadedSize, out HostPhys host))
                TArch.Publish(host, header.Segment[i].LoadedSize);
        }
        TArch.CompletePublish();
    }
}

using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Vcpus;

namespace Bulkhead.Partitions;

/// <summary>Loads a guest's package from its slot into its RAM, ready for an entry with caches off.</summary>
public static class GuestPackage<TArch> where TArch : struct, IArch
{
    /// <param name="vcpu">The leading CPU's, which loads it.</param>
    /// <param name="slot">Which of its slots.</param>
    /// <param name="rollback">The lowest index that is launched.</param>
    public static bool TryLoad(ref VcpuCore vcpu, ref PartitionCore partition, ImageRange slot, ulong rollback, out GuestPhys entry, out GuestPhys argument)
    {
        entry = default;
        argument = default;
        PackageHeader header = default;
        BoardFlash<TArch>.BeginLoad(ref vcpu);
        PackageError error = Read(in partition, slot, rollback, ref header);
        if (error == PackageError.None)
            error = Unpack(ref partition, slot, in header);
        BoardFlash<TArch>.EndLoad();
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

    /// <summary>Whether a slot's header is one that would be taken: its form, its signature, its index.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsSound(ref VcpuCore vcpu, in PartitionCore partition, ImageRange slot, ulong rollback)
    {
        PackageHeader header = default;
        BoardFlash<TArch>.BeginLoad(ref vcpu);
        PackageError error = Read(in partition, slot, rollback, ref header);
        BoardFlash<TArch>.EndLoad();
        return error == PackageError.None;
    }

    // A signature's arithmetic and the inflater's tables each take half a stack: never both at once.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PackageError Read(in PartitionCore partition, ImageRange slot, ulong rollback, ref PackageHeader header)
    {
        BoardImage<TArch> image = default;
        return PackageReader.Read(in image, slot, in partition.Entry, in ApplianceTables.Board, rollback, ref header);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PackageError Unpack(ref PartitionCore partition, ImageRange slot, in PackageHeader header)
    {
        BoardImage<TArch> image = default;
        Unsafe.SkipInit(out InflateTables tables);
        GuestMemory<TArch> memory = new(partition.Index);
        LoadPhases phases = default;
        PackageError error = PackageLoader.Load(in image, slot, in header, in partition.Entry, ref memory, ref tables, ref phases, out _, out _);
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

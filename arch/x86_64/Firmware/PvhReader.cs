using System;
using System.Buffers.Binary;
using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>PVH's start block, hvm_start_info version 1 (Xen's public/arch-x86/hvm/start_info.h describes the layout).</summary>
public static class PvhReader
{
    private const uint Magic = 0x336ec578;
    private const uint FirstVersionWithMap = 1;
    private const int Size = 56;
    private const int MapEntrySize = 24;
    private const uint MaxMapEntries = 4096;

    public static LoaderError Read<TMemory>(in TMemory memory, HostPhys information, ref LoaderFacts facts)
        where TMemory : struct, IPhysicalMemory
    {
        facts = default;
        if (!memory.TryRead(information, Size, out ReadOnlySpan<byte> block) || BinaryPrimitives.ReadUInt32LittleEndian(block) != Magic)
            return LoaderError.NoLoader;
        if (BinaryPrimitives.ReadUInt32LittleEndian(block.Slice(4)) < FirstVersionWithMap)
            return LoaderError.Damaged;
        HostPhys map = new(BinaryPrimitives.ReadUInt64LittleEndian(block.Slice(40)));
        uint entries = BinaryPrimitives.ReadUInt32LittleEndian(block.Slice(48));
        if (entries > MaxMapEntries || !memory.TryRead(map, entries * MapEntrySize, out ReadOnlySpan<byte> ranges))
            return LoaderError.Damaged;
        facts.Rsdp = new HostPhys(BinaryPrimitives.ReadUInt64LittleEndian(block.Slice(32)));
        for (; ranges.Length >= MapEntrySize; ranges = ranges.Slice(MapEntrySize))
        {
            facts.AddMemory(
                BinaryPrimitives.ReadUInt64LittleEndian(ranges),
                BinaryPrimitives.ReadUInt64LittleEndian(ranges.Slice(8)),
                BinaryPrimitives.ReadUInt32LittleEndian(ranges.Slice(16)));
        }
        return LoaderError.None;
    }
}

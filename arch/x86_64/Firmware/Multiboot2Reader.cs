using System;
using System.Buffers.Binary;
using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>
/// The tags of a multiboot2 information block (Multiboot2 3.6) that the hypervisor needs. Every step is checked against
/// the block's size and goes forward, so damage ends in an error.
/// </summary>
public static class Multiboot2Reader
{
    /// <summary>What EAX holds (3.3).</summary>
    public const uint Magic = 0x36d76289;

    private const int HeaderSize = 8;
    private const uint MaxSize = 1 << 20;

    // 3.6.8, 3.6.15, 3.6.16
    private const uint EndTag = 0, MemoryMapTag = 6, OldRsdpTag = 14, NewRsdpTag = 15;

    public static LoaderError Read<TMemory>(in TMemory memory, HostPhys information, ref LoaderFacts facts)
        where TMemory : struct, IPhysicalMemory
    {
        facts = default;
        if (!memory.TryRead(information, HeaderSize, out ReadOnlySpan<byte> header))
            return LoaderError.Damaged;
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (size is < HeaderSize or > MaxSize || !memory.TryRead(information, size, out ReadOnlySpan<byte> block))
            return LoaderError.Damaged;
        int at = HeaderSize;
        while (at <= block.Length - HeaderSize)
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(block.Slice(at));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(block.Slice(at + 4));
            if (length < HeaderSize || length > (uint)(block.Length - at))
                return LoaderError.Damaged;
            ReadOnlySpan<byte> body = block.Slice(at + HeaderSize, (int)length - HeaderSize);
            if (type == EndTag)
                return LoaderError.None;
            if (type == MemoryMapTag && !TryMemoryMap(body, ref facts))
                return LoaderError.Damaged;
            // The newer one wins, whichever comes first.
            if (type == NewRsdpTag || type == OldRsdpTag && facts.Rsdp.Value == 0)
                facts.Rsdp = information + (ulong)(uint)(at + HeaderSize);
            at += (int)(length + 7 & ~7u);
        }
        return LoaderError.Damaged;
    }

    private static bool TryMemoryMap(ReadOnlySpan<byte> body, ref LoaderFacts facts)
    {
        if (body.Length < 8)
            return false;
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(body);
        if (size is < 24 or > 4096)
            return false;
        // entry_version is 0; a later version's entries begin with the same fields.
        for (body = body.Slice(8); body.Length >= (int)size; body = body.Slice((int)size))
        {
            facts.AddMemory(
                BinaryPrimitives.ReadUInt64LittleEndian(body),
                BinaryPrimitives.ReadUInt64LittleEndian(body.Slice(8)),
                BinaryPrimitives.ReadUInt32LittleEndian(body.Slice(16)));
        }
        return true;
    }
}

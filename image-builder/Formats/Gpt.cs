using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>
/// GUID partition table (UEFI 2.10, 5.2 and 5.3), 512-byte blocks: protective MBR with room for boot code, header and
/// entries at both ends. Identifiers derive from a seed and the names, so the same input gives the same bytes.
/// </summary>
public static class Gpt
{
    private const int Block = 512;
    private const int EntryCount = 128;
    private const int EntrySize = 128;
    private const int EntryBlocks = EntryCount * EntrySize / Block;

    /// <summary>Our partition type: fixed, so that tools can tell a Bulkhead partition.</summary>
    private static readonly Guid PartitionType = new("6b6c7568-6561-4462-8e12-42554c4b4844");

    public static void Write(Span<byte> disk, IReadOnlyList<GptPartition> partitions, ReadOnlySpan<byte> seed, ReadOnlySpan<byte> bootCode)
    {
        ulong blocks = (ulong)disk.Length / Block;
        WriteProtectiveMbr(disk, blocks, bootCode);
        byte[] entries = new byte[EntryCount * EntrySize];
        for (int i = 0; i < partitions.Count; i++)
            WriteEntry(entries.AsSpan(i * EntrySize, EntrySize), partitions[i], seed);
        uint entriesCrc = Crc32.Compute(entries);
        Guid diskId = Identifier(seed, "disk");
        entries.CopyTo(disk[(2 * Block)..]);
        entries.CopyTo(disk[(int)((blocks - 1 - EntryBlocks) * Block)..]);
        WriteHeader(disk[Block..], 1, blocks - 1, 2, blocks, diskId, entriesCrc);
        WriteHeader(disk[(int)((blocks - 1) * Block)..], blocks - 1, 1, blocks - 1 - EntryBlocks, blocks, diskId, entriesCrc);
    }

    /// <summary>The partitions of an image; a header or entry array that does not check is refused.</summary>
    public static IReadOnlyList<GptPartition> Read(ReadOnlySpan<byte> disk)
    {
        if (disk.Length < 34 * Block || !disk.Slice(Block, 8).SequenceEqual("EFI PART"u8))
            throw new BuildException("not a Bulkhead image: no GPT header at byte 512");
        byte[] header = disk.Slice(Block, 92).ToArray();
        uint said = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        header.AsSpan(16, 4).Clear();
        if (Crc32.Compute(header) != said)
            throw new BuildException("damaged image: the GPT header's checksum does not fit");
        ReadOnlySpan<byte> entries = disk.Slice(2 * Block, EntryCount * EntrySize);
        if (Crc32.Compute(entries) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88)))
            throw new BuildException("damaged image: the checksum of the GPT entries does not fit");
        List<GptPartition> found = [];
        for (int i = 0; i < EntryCount; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(i * EntrySize, EntrySize);
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            if (first == 0)
                continue;
            if (last < first || (last + 1) * Block > (ulong)disk.Length)
                throw new BuildException($"damaged image: GPT entry {i + 1} reaches past the end of the image");
            string name = Encoding.Unicode.GetString(entry.Slice(56, 72)).TrimEnd('\0');
            found.Add(new GptPartition(name, first * Block, (last - first + 1) * Block));
        }
        return found;
    }

    private static void WriteProtectiveMbr(Span<byte> disk, ulong blocks, ReadOnlySpan<byte> bootCode)
    {
        bootCode.CopyTo(disk[..440]);
        Span<byte> entry = disk.Slice(446, 16);
        entry[2] = 2;
        entry[4] = 0xee;
        entry[5] = entry[6] = entry[7] = 0xff;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)Math.Min(blocks - 1, uint.MaxValue));
        disk[510] = 0x55;
        disk[511] = 0xaa;
    }

    private static void WriteEntry(Span<byte> entry, GptPartition partition, ReadOnlySpan<byte> seed)
    {
        PartitionType.TryWriteBytes(entry);
        Identifier(seed, partition.Name).TryWriteBytes(entry[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], partition.Offset / Block);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], (partition.Offset + partition.Size) / Block - 1);
        Encoding.Unicode.GetBytes(partition.Name).CopyTo(entry[56..]);
    }

    private static void WriteHeader(Span<byte> header, ulong self, ulong other, ulong entries, ulong blocks, Guid disk, uint entriesCrc)
    {
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], self);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], other);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], 2 + EntryBlocks);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], blocks - 2 - EntryBlocks);
        disk.TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[72..], entries);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], EntryCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], entriesCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Compute(header[..92]));
    }

    // RFC 9562 version 8: ours to define, here SHA-256 of seed and name.
    private static Guid Identifier(ReadOnlySpan<byte> seed, string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData([.. seed, .. Encoding.UTF8.GetBytes(name)], hash);
        hash[7] = (byte)(hash[7] & 0x0f | 0x80);
        hash[8] = (byte)(hash[8] & 0x3f | 0x80);
        return new Guid(hash[..16]);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>
/// GUID partition table (UEFI 2.10, 5.2 and 5.3), 512-byte blocks: protective MBR with room for boot code, header and
/// entries at both ends. Identifiers derive from a seed and the names, so the same input gives the same bytes.
/// </summary>
public static class Gpt
{
    internal const int Block = 512;
    internal const int EntryCount = 128;
    internal const int EntrySize = 128;
    internal const int EntryBlocks = EntryCount * EntrySize / Block;
    internal const int HeaderSize = 92;
    internal const uint Revision = 0x10000;
    internal static ReadOnlySpan<byte> Signature => "EFI PART"u8;

    /// <summary>What the image's first block has for boot code (UEFI 2.10, 5.2.1).</summary>
    public const int BootCodeSize = 440;

    /// <summary>Our partition type: fixed, so that tools can tell a Bulkhead partition.</summary>
    private static readonly Guid PartitionType = new("6b6c7568-6561-4462-8e12-42554c4b4844");

    // Those that firmware and other tools know by their types (UEFI 2.10, table 5.7; GRUB's manual, "BIOS installation").
    private static readonly Guid EfiSystemType = new("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    private static readonly Guid BiosBootType = new("21686148-6449-6e6f-744e-656564454649");

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

    /// <summary>The partitions of a sound image.</summary>
    /// <exception cref="BuildException">Anything at all is wrong with it.</exception>
    public static IReadOnlyList<GptPartition> Read(ReadOnlySpan<byte> disk)
    {
        ImageProblems problems = new();
        IReadOnlyList<GptPartition> partitions = GptReader.Read(disk, problems);
        return problems.All.Count == 0 ? partitions : throw new BuildException(problems.All[0].ToString());
    }

    private static void WriteProtectiveMbr(Span<byte> disk, ulong blocks, ReadOnlySpan<byte> bootCode)
    {
        disk[..Block].Clear();
        bootCode.CopyTo(disk[..BootCodeSize]);
        WriteProtectiveEntry(disk.Slice(446, 16), blocks - 1);
        disk[510] = 0x55;
        disk[511] = 0xaa;
    }

    internal static void WriteProtectiveEntry(Span<byte> entry, ulong last)
    {
        entry[2] = 2;
        entry[4] = 0xee;
        entry[5] = entry[6] = entry[7] = 0xff;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)Math.Min(last, uint.MaxValue));
    }

    private static void WriteEntry(Span<byte> entry, GptPartition partition, ReadOnlySpan<byte> seed)
    {
        TypeOf(partition.Name).TryWriteBytes(entry);
        Identifier(seed, partition.Name).TryWriteBytes(entry[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], partition.Offset / Block);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], (partition.Offset + partition.Size) / Block - 1);
        Encoding.Unicode.GetBytes(partition.Name).CopyTo(entry[56..]);
    }

    private static Guid TypeOf(string name) => name switch
    {
        "esp" => EfiSystemType,
        "bios-boot" => BiosBootType,
        _ => PartitionType,
    };

    private static void WriteHeader(Span<byte> header, ulong self, ulong other, ulong entries, ulong blocks, Guid disk, uint entriesCrc)
    {
        header[..Block].Clear();
        Signature.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Revision);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], HeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], self);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], other);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], 2 + EntryBlocks);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], blocks - 2 - EntryBlocks);
        disk.TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[72..], entries);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], EntryCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], EntrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], entriesCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Compute(header[..HeaderSize]));
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

using System;
using System.Buffers.Binary;
using System.Text;
using Bulkhead.Boot;

namespace Bulkhead.Tests.Disk;

/// <summary>A disk with a GUID partition table at both ends.</summary>
public static class GptImage
{
    private const int Block = IBlockDevice.BlockSize;

    public static byte[] Build((string Name, ulong First, ulong Last)[] partitions, int blocks = 256, int entrySize = 128, int entryCount = 128)
    {
        byte[] disk = new byte[blocks * Block];
        byte[] entries = new byte[entrySize * entryCount];
        for (int i = 0; i < partitions.Length; i++)
        {
            Span<byte> entry = entries.AsSpan(i * entrySize);
            entry[0] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], partitions[i].First);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], partitions[i].Last);
            Encoding.Unicode.GetBytes(partitions[i].Name).CopyTo(entry[56..]);
        }
        int entryBlocks = (entries.Length + Block - 1) / Block;
        entries.CopyTo(disk, 2 * Block);
        entries.CopyTo(disk, (blocks - 1 - entryBlocks) * Block);
        WriteHeader(disk.AsSpan(Block), 1, 2, blocks, entryBlocks, entries, entrySize, entryCount);
        WriteHeader(disk.AsSpan((blocks - 1) * Block), (ulong)blocks - 1, (ulong)(blocks - 1 - entryBlocks), blocks, entryBlocks, entries, entrySize, entryCount);
        return disk;
    }

    public static void Seal(Span<byte> header)
    {
        header.Slice(16, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc(header[..(int)BinaryPrimitives.ReadUInt32LittleEndian(header[12..])]));
    }

    private static void WriteHeader(Span<byte> header, ulong self, ulong at, int blocks, int entryBlocks, byte[] entries, int entrySize, int entryCount)
    {
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], self);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], (ulong)(2 + entryBlocks));
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], (ulong)(blocks - 2 - entryBlocks));
        BinaryPrimitives.WriteUInt64LittleEndian(header[72..], at);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], (uint)entryCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], (uint)entrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc(entries));
        Seal(header);
    }

    // Of the .NET library's making: not the code under test.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        using System.IO.MemoryStream stream = new();
        using (System.IO.Compression.GZipStream gzip = new(stream, System.IO.Compression.CompressionLevel.Fastest, true))
            gzip.Write(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(stream.ToArray().AsSpan(^8));
    }
}

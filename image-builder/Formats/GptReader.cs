using System.Buffers.Binary;
using System.Text;
using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>Reads what <see cref="Gpt"/> writes, however damaged: one sound table of the two is enough, and everything wrong is named.</summary>
public static class GptReader
{
    private const int MbrEntry = 446;

    private readonly record struct Table(ulong Last, IReadOnlyList<GptPartition> Partitions);

    /// <summary>The partitions of the primary table, or of the backup at the end when the primary is damaged.</summary>
    /// <returns>None when neither is sound: nothing is known of what lies where.</returns>
    public static IReadOnlyList<GptPartition> Read(ReadOnlySpan<byte> disk, ImageProblems problems)
    {
        string? primaryFault = ReadTable(disk, 1, out Table primary);
        if (primaryFault is not null)
        {
            ulong end = (ulong)disk.Length / Gpt.Block;
            string? fault = ReadTable(disk, end - 1, out Table rescued);
            if (fault is not null)
            {
                problems.Add(ImageDiagnostics.NotAnImage, "GPT", $"the primary one {primaryFault}, and the backup at the end {fault}");
                return [];
            }
            problems.Add(ImageDiagnostics.DamagedPartitionTable, "GPT", $"the primary one {primaryFault}; this is what the backup at the end says");
            CheckMbr(disk, end - 1, problems);
            return rescued.Partitions;
        }

        CheckMbr(disk, primary.Last, problems);
        ulong size = (primary.Last + 1) * Gpt.Block;
        if ((ulong)disk.Length < size)
            problems.Add(ImageDiagnostics.WrongLength, "image", $"cut short: {disk.Length} bytes of {size}");
        else if ((ulong)disk.Length > size)
            problems.Add(ImageDiagnostics.WrongLength, "image", $"{(ulong)disk.Length - size} bytes follow its end");
        if ((ulong)disk.Length < size)
            return primary.Partitions;
        if (ReadTable(disk, primary.Last, out Table backup) is { } backupFault)
            problems.Add(ImageDiagnostics.DamagedPartitionTable, "GPT", $"the backup at the end {backupFault}");
        else if (!backup.Partitions.SequenceEqual(primary.Partitions))
            problems.Add(ImageDiagnostics.DamagedPartitionTable, "GPT", "the backup at the end has other partitions than the primary one");
        return primary.Partitions;
    }

    /// <returns>Null, or what is wrong in words that follow "the GPT".</returns>
    private static string? ReadTable(ReadOnlySpan<byte> disk, ulong self, out Table table)
    {
        table = default;
        ulong blocks = (ulong)disk.Length / Gpt.Block;
        if (self >= blocks)
            return "is not there: the file is too short";
        byte[] header = disk.Slice((int)(self * Gpt.Block), Gpt.HeaderSize).ToArray();
        if (!header.AsSpan().StartsWith(Gpt.Signature))
            return "has no signature";
        uint said = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        header.AsSpan(16, 4).Clear();
        if (Crc32.Compute(header) != said)
            return "has a header that does not match its checksum";
        // From here on the header is as somebody wrote it; that need not have been this builder.
        ulong other = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(32));
        ulong entries = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(72));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != Gpt.Revision
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12)) != Gpt.HeaderSize
            || BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(24)) != self
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80)) != Gpt.EntryCount
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84)) != Gpt.EntrySize)
            return "is of another form than this builder writes";
        if (entries >= blocks || blocks - entries < Gpt.EntryBlocks)
            return "has its entries outside the file";
        ReadOnlySpan<byte> array = disk.Slice((int)(entries * Gpt.Block), Gpt.EntryCount * Gpt.EntrySize);
        if (Crc32.Compute(array) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88)))
            return "has entries that do not match their checksum";
        ulong last = self == 1 ? other : self;
        // A file of 2^63 bytes is nobody's flash.
        if (last > long.MaxValue / Gpt.Block)
            return "says a size that no flash has";
        table = new Table(last, ReadEntries(array, last, out string? fault));
        return fault;
    }

    private static List<GptPartition> ReadEntries(ReadOnlySpan<byte> array, ulong last, out string? fault)
    {
        fault = null;
        List<GptPartition> found = [];
        for (int i = 0; i < Gpt.EntryCount; i++)
        {
            ReadOnlySpan<byte> entry = array.Slice(i * Gpt.EntrySize, Gpt.EntrySize);
            ulong from = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            ulong to = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            if (from == 0)
                continue;
            if (to < from || to > last)
                fault = $"has an entry, {i + 1}, that reaches past the end";
            else
                found.Add(new GptPartition(Printable.Text(Encoding.Unicode.GetString(entry.Slice(56, 72)).TrimEnd('\0')), from * Gpt.Block, (to - from + 1) * Gpt.Block));
        }
        return found;
    }

    // UEFI 2.10, 5.2.3: one entry, type 0xee, over the whole disk.
    private static void CheckMbr(ReadOnlySpan<byte> disk, ulong last, ImageProblems problems)
    {
        byte[] expected = new byte[Gpt.Block - Gpt.BootCodeSize];
        Gpt.WriteProtectiveEntry(expected.AsSpan(MbrEntry - Gpt.BootCodeSize), last);
        expected[^2] = 0x55;
        expected[^1] = 0xaa;
        if (!disk[Gpt.BootCodeSize..Gpt.Block].SequenceEqual(expected))
            problems.Add(ImageDiagnostics.DamagedPartitionTable, "MBR", "it does not protect the whole disk");
    }
}

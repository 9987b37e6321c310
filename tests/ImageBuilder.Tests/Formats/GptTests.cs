using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Formats;

/// <summary>Our partition tables, as sgdisk reads them.</summary>
public class GptTests
{
    private const int Block = 512;

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void SgdiskReadsWhatWasWritten(int seed)
    {
        Random random = new(seed);
        IReadOnlyList<GptPartition> partitions = RandomPartitions(random, out byte[] disk);
        byte[] boot = new byte[random.Next(Gpt.BootCodeSize + 1)];
        random.NextBytes(boot);
        Gpt.Write(disk, partitions, [(byte)seed], boot);

        Assert.Contains("No problems found", Stock.Says("sgdisk", disk, "-v", "FILE"));
        string[] rows = [.. Stock.Says("sgdisk", disk, "-p", "FILE").Split('\n').SkipWhile(line => !line.StartsWith("Number", StringComparison.Ordinal)).Skip(1).Where(line => line.Length != 0)];
        Assert.Equal(partitions.Count, rows.Length);
        for (int i = 0; i < partitions.Count; i++)
        {
            string[] words = rows[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal([$"{i + 1}", $"{partitions[i].Offset / Block}", $"{(partitions[i].Offset + partitions[i].Size) / Block - 1}"], words[..3]);
            Assert.Equal(partitions[i].Name, words[^1]);
        }
        Assert.True(disk.AsSpan().StartsWith(boot));
        Assert.Equal(partitions, Gpt.Read(disk));
    }

    [Fact]
    public void SgdiskFindsEachPartitionsOwnIdentifier()
    {
        IReadOnlyList<GptPartition> partitions = RandomPartitions(new Random(9), out byte[] disk);
        Gpt.Write(disk, partitions, [1], []);
        string[] all = [.. partitions.Select((_, i) => Regex.Match(Stock.Says("sgdisk", disk, "-i", $"{i + 1}", "FILE"), "Partition unique GUID: (.+)").Groups[1].Value)];
        // RFC 9562, 4.1 and 5.8: version 8, the variant in the top bits of the next field.
        Assert.All(all, id => Assert.Matches("^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$", id));
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void GdiskRestoresThePrimaryFromOurBackup()
    {
        IReadOnlyList<GptPartition> partitions = RandomPartitions(new Random(10), out byte[] disk);
        Gpt.Write(disk, partitions, [1], []);
        byte[] damaged = [.. disk];
        damaged.AsSpan(Block, 33 * Block).Clear();
        ImageProblems problems = new();
        Assert.Equal(partitions, GptReader.Read(damaged, problems));
        Assert.Equal("BH0302", Assert.Single(problems.All).Code);

        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, damaged);
        // It finds the backup by itself; w writes both, y confirms.
        Stock.Filter("gdisk", "w\ny\n"u8, file);
        Assert.Equal(disk, File.ReadAllBytes(file));
        File.Delete(file);
    }

    [Fact]
    public void WritingAgainLeavesNothingOfTheFirstTable()
    {
        IReadOnlyList<GptPartition> first = RandomPartitions(new Random(11), out byte[] disk);
        byte[] fresh = new byte[disk.Length];
        Gpt.Write(disk, first, [1], [1, 2, 3]);
        Gpt.Write(disk, first.Take(1).ToArray(), [2], [4]);
        Gpt.Write(fresh, first.Take(1).ToArray(), [2], [4]);
        Assert.Equal(fresh, disk);
    }

    private static IReadOnlyList<GptPartition> RandomPartitions(Random random, out byte[] disk)
    {
        ulong next = 1 << 20;
        List<GptPartition> partitions = [];
        // As long as a guest's slot's name gets, which is as much as `sgdisk -p` shows.
        for (int i = random.Next(1, 24); i > 0; i--)
        {
            next += (ulong)random.Next(3) << 18;
            ulong size = (ulong)random.Next(1, 5) << 18;
            partitions.Add(new GptPartition($"part-{new string((char)('a' + i % 26), random.Next(1, 13))}", next, size));
            next += size;
        }
        disk = new byte[next + (1 << 18)];
        return partitions;
    }
}

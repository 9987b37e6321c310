using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Disk;

public class GptReaderTests
{
    private const int Block = IBlockDevice.BlockSize;

    private static readonly (string, ulong, ulong)[] _partitions =
        [("first-stage", 34, 40), ("table-a", 41, 41), ("table-b", 42, 60), ("a-name-of-thirty-six-characters-long", 61, 100)];

    private static bool TryFind(byte[] bytes, ReadOnlySpan<byte> name, out ImageRange range, ulong? bad = null)
    {
        MemoryDisk disk = new(bytes) { BadBlock = bad };
        GptReader reader = default;
        range = default;
        return reader.TryOpen(ref disk) && reader.TryFind(ref disk, name, out range);
    }

    [Theory]
    [InlineData(128, 128)]
    [InlineData(256, 16)]
    [InlineData(1024, 8)]
    [InlineData(128, 5)]
    public void Finds_partitions_by_their_whole_name(int entrySize, int entryCount)
    {
        byte[] disk = GptImage.Build(_partitions, entrySize: entrySize, entryCount: entryCount);
        Assert.True(TryFind(disk, "table-b"u8, out ImageRange range));
        Assert.Equal((42ul * Block, 19ul * Block), (range.Offset, range.Size));
        Assert.True(TryFind(disk, "a-name-of-thirty-six-characters-long"u8, out range));
        Assert.Equal(61ul * Block, range.Offset);
        Assert.False(TryFind(disk, "table"u8, out _));
        Assert.False(TryFind(disk, "table-bc"u8, out _));
        Assert.False(TryFind(disk, "a-name-of-thirty-six-characters-longer"u8, out _));
    }

    // A checksum covers every bit of a header's 92 bytes and of the entries.
    [Fact]
    public void Any_damage_at_the_start_leaves_the_copy_at_the_end()
    {
        byte[] disk = GptImage.Build(_partitions);
        Random random = new(1);
        for (int round = 0; round < 300; round++)
        {
            int bit = random.Next(2) == 0 ? Block * 8 + random.Next(92 * 8) : Block * 16 + random.Next(128 * 128 * 8);
            disk[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.True(TryFind(disk, "table-a"u8, out ImageRange range));
            Assert.Equal((41ul * Block, (ulong)Block), (range.Offset, range.Size));
            byte[] both = (byte[])disk.Clone();
            both[^(Block - random.Next(92))] ^= 1;
            Assert.False(TryFind(both, "table-a"u8, out _));
            disk[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void Unreadable_blocks_are_damage()
    {
        byte[] disk = GptImage.Build(_partitions);
        for (ulong bad = 0; bad < 256; bad++)
            Assert.True(TryFind(disk, "table-a"u8, out _, bad));
        MemoryDisk none = new([]);
        Assert.False(default(GptReader).TryOpen(ref none));
    }

    [Theory]
    [InlineData(33, 40)]
    [InlineData(41, 40)]
    [InlineData(41, 223)]
    [InlineData(41, ulong.MaxValue)]
    [InlineData(0, 0)]
    public void A_partition_outside_the_usable_blocks_is_none(ulong first, ulong last) =>
        Assert.False(TryFind(GptImage.Build([("table-a", first, last)]), "table-a"u8, out _));

    [Fact]
    public void Survives_damage_that_sums_up()
    {
        Random random = new(2);
        byte[] sound = GptImage.Build(_partitions, entryCount: 8);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] disk = (byte[])sound.Clone();
            foreach (int start in (int[])[Block, disk.Length - Block])
            {
                for (int change = random.Next(1, 6); change > 0; change--)
                    disk[start + random.Next(92)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(4));
                if (disk[start + 12] != 0 && disk[start + 13] == 0 && disk[start + 14] == 0 && disk[start + 15] == 0)
                    GptImage.Seal(disk.AsSpan(start));
            }
            if (TryFind(disk, "table-a"u8, out ImageRange range))
                Assert.True(range.Offset + range.Size <= (ulong)disk.Length && range.Offset < range.Offset + range.Size);
        }
    }
}

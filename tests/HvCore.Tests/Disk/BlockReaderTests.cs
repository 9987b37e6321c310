using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Disk;

public class BlockReaderTests
{
    [Fact]
    public void Any_range_is_the_bytes_of_the_disk_and_nothing_beside_them_is_written()
    {
        Random random = new(1);
        byte[] bytes = new byte[20 * IBlockDevice.BlockSize];
        random.NextBytes(bytes);
        for (int round = 0; round < 20_000; round++)
        {
            MemoryDisk disk = new(bytes);
            int offset = random.Next(bytes.Length + 1);
            int size = random.Next(Math.Min(bytes.Length - offset, random.Next(2) == 0 ? 600 : int.MaxValue) + 1);
            byte[] room = new byte[size + 8];
            room.AsSpan(size).Fill(0xa5);
            ImageRange range = new() { Offset = (ulong)offset, Size = (ulong)size };
            Assert.True(BlockReader.TryRead(ref disk, range, room));
            Assert.True(room.AsSpan(0, size).SequenceEqual(bytes.AsSpan(offset, size)));
            Assert.Equal(-1, room.AsSpan(size).IndexOfAnyExcept((byte)0xa5));
            Assert.InRange(disk.Reads, 0, 3);
        }
    }

    [Theory]
    [InlineData(0, 1025, 2000)]
    [InlineData(1024, 1, 2000)]
    [InlineData(1025, 0, 2000)]
    [InlineData(ulong.MaxValue, 2, 2000)]
    [InlineData(8, ulong.MaxValue, 2000)]
    [InlineData(0, 11, 10)]
    public void What_is_not_inside_disk_and_room_is_refused(ulong offset, ulong size, int room)
    {
        MemoryDisk disk = new(new byte[1024]);
        Assert.False(BlockReader.TryRead(ref disk, new ImageRange { Offset = offset, Size = size }, new byte[room]));
        Assert.Equal(0, disk.Reads);
    }
}

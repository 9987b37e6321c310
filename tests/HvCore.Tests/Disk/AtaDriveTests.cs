using System;
using Bulkhead.X86.Disk;
using Xunit;

namespace Bulkhead.Tests.Disk;

public class AtaDriveTests
{
    private static AtaDrive<AtaModel.Ports> Drive() => new(AtaModel.Port, AtaModel.Control);

    private static byte[] Bytes(int sectors)
    {
        byte[] bytes = new byte[sectors * 512];
        new Random(sectors).NextBytes(bytes);
        return bytes;
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(7, false)]
    [InlineData(128, false)]
    [InlineData(16, true)]
    [InlineData(1, false)]
    [InlineData(0, false)]
    public void Reads_what_is_on_the_disk(byte mostAtOnce, bool refusesMultiple)
    {
        AtaModel model = new() { Disk = Bytes(3000), MostAtOnce = mostAtOnce, RefusesMultiple = refusesMultiple };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        Assert.True(model.InterruptsAreOff);
        Assert.Equal(3000ul, drive.BlockCount);
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            int first = random.Next(3000);
            byte[] room = new byte[512 * random.Next(Math.Min(3000 - first, 600) + 1)];
            Assert.True(drive.TryRead((ulong)first, room));
            Assert.True(room.AsSpan().SequenceEqual(model.Disk.AsSpan(first * 512, room.Length)));
        }
    }

    [Fact]
    public void What_is_written_is_there_and_all_else_is_as_it_was()
    {
        AtaModel model = new() { Disk = Bytes(3000) };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        byte[] expected = [.. model.Disk];
        Random random = new(1);
        for (int round = 0; round < 100; round++)
        {
            byte[] bytes = new byte[512 * random.Next(1, 40)];
            random.NextBytes(bytes);
            int first = random.Next(3000 - 40);
            bytes.CopyTo(expected, first * 512);
            Assert.True(drive.TryWrite((ulong)first, bytes));
        }
        Assert.Equal(expected, model.Disk);
        Assert.NotEqual(0, model.Unflushed);
        Assert.True(drive.TryFlush());
        Assert.Equal(0, model.Unflushed);
        Assert.True(drive.TryRead(0, new byte[512]));
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        AtaModel model = new() { Disk = Bytes(100), BadSector = 70 };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        byte[] before = [.. model.Disk];
        Assert.False(drive.TryWrite(99, new byte[1024]));
        Assert.False(drive.TryWrite(0, new byte[100]));
        Assert.False(drive.TryWrite(0, []));
        Assert.False(drive.TryWrite(70, new byte[512]));
        Assert.Equal(before, model.Disk);
        Assert.False(drive.TryWrite(68, new byte[2048]));
        Assert.True(drive.TryWrite(71, new byte[512]));
    }

    [Fact]
    public void More_than_a_command_can_name_is_read_in_several()
    {
        AtaModel model = new() { Disk = Bytes(70_000) };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        byte[] room = new byte[model.Disk.Length];
        Assert.True(drive.TryRead(0, room));
        Assert.True(room.AsSpan().SequenceEqual(model.Disk));
        Assert.Equal(4, model.Commands);
    }

    [Fact]
    public void All_48_bits_of_an_address_arrive()
    {
        const ulong Far = 0x1234_5678_9abc;
        // The model has no such sector, and says so: it would have found one by any half of the address.
        AtaModel model = new() { Disk = Bytes(300), ClaimedSectors = 1ul << 47 };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        Assert.Equal(1ul << 47, drive.BlockCount);
        Assert.False(drive.TryRead(Far, new byte[512]));
        Assert.False(drive.TryRead(1ul << 40, new byte[512]));
        Assert.False(drive.TryRead(1ul << 32, new byte[512]));
        Assert.False(drive.TryRead(1ul << 24, new byte[512]));
        Assert.True(drive.TryRead(256, new byte[512]));
        // Each that fails is tried four times.
        Assert.Equal(19, model.Commands);
    }

    [Fact]
    public void A_bad_sector_is_an_error_and_the_next_read_works()
    {
        AtaModel model = new() { Disk = Bytes(100), BadSector = 50 };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        Assert.False(drive.TryRead(40, new byte[512 * 20]));
        byte[] room = new byte[512 * 10];
        Assert.True(drive.TryRead(40, room));
        Assert.True(room.AsSpan().SequenceEqual(model.Disk.AsSpan(40 * 512, room.Length)));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void A_weak_sector_is_read_again(int badReads, bool isRead)
    {
        AtaModel model = new() { Disk = Bytes(100), BadSector = 50, BadReads = badReads };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        byte[] room = new byte[512 * 30];
        Assert.Equal(isRead, drive.TryRead(40, room));
        Assert.Equal(isRead, room.AsSpan().SequenceEqual(model.Disk.AsSpan(40 * 512, room.Length)));
    }

    [Theory]
    [InlineData(99, 2)]
    [InlineData(100, 1)]
    [InlineData(ulong.MaxValue, 1)]
    public void What_is_not_on_the_disk_is_not_asked_for(ulong first, int sectors)
    {
        AtaModel model = new() { Disk = Bytes(100) };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.True(drive.TryIdentify());
        Assert.False(drive.TryRead(first, new byte[512 * sectors]));
        Assert.False(drive.TryRead(0, new byte[500]));
        Assert.Equal(2, model.Commands);
    }

    [Fact]
    public void A_drive_that_is_not_there_or_is_of_another_kind_is_none()
    {
        AtaModel[] others =
        [
            new() { EmptyChannel = 0xff }, new() { EmptyChannel = 0 }, new() { EmptyChannel = 0x7f }, new() { IsPacketDevice = true },
            new() { Disk = Bytes(10), HasLba48 = false }, new() { Disk = Bytes(10), HasLargeSectors = true }, new() { ClaimedSectors = 0 },
        ];
        foreach (AtaModel model in others)
        {
            model.Use();
            AtaDrive<AtaModel.Ports> drive = Drive();
            Assert.False(drive.TryIdentify());
            Assert.Equal(0ul, drive.BlockCount);
            Assert.False(drive.TryRead(0, new byte[512]));
        }
    }

    [Fact]
    public void A_drive_that_stays_busy_does_not_hang_the_boot()
    {
        AtaModel _ = new() { Disk = Bytes(10), NeverReady = true };
        AtaDrive<AtaModel.Ports> drive = Drive();
        Assert.False(drive.TryIdentify());
    }
}

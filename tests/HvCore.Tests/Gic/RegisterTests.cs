using System;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Gic;

public sealed class RegisterTests
{
    private static readonly AccessSize[] Sizes =
        [AccessSize.Byte, AccessSize.HalfWord, AccessSize.Word, AccessSize.DoubleWord];

    private static FakeBoard Started(uint banks = 3)
    {
        var board = new FakeBoard(2, 4, banks);
        board.Start();
        return board;
    }

    [Fact]
    public void Identity()
    {
        FakeBoard board = Started();
        Assert.Equal(0x3bul, board.Gicd(0, 0xffe8));
        Assert.Equal(0x3bul, board.Gicr(0, 1, 0xffe8));
        Assert.Equal(2ul, board.Gicd(0, 4) & 31);
        Assert.Equal(0x50ul, board.Gicd(0, 0));
        Assert.Equal(0ul, board.Gicr(0, 0, 8, AccessSize.DoubleWord));
        Assert.Equal(0x1_0000_0110ul, board.Gicr(0, 1, 8, AccessSize.DoubleWord));
        Assert.Equal(0x110ul, board.Gicr(0, 1, 8));
        Assert.Equal(1ul, board.Gicr(0, 1, 12));
    }

    [Fact]
    public void WakerSleepsAndWakes()
    {
        FakeBoard board = Started();
        Assert.Equal(6ul, board.Gicr(1, 1, 0x14));
        board.WriteGicr(1, 1, 0x14, 0);
        Assert.Equal(0ul, board.Gicr(1, 1, 0x14));
    }

    [Theory]
    [InlineData(0x104u, 0x184u)]
    [InlineData(0x204u, 0x284u)]
    [InlineData(0x304u, 0x384u)]
    public void SetAndClearRegistersArePairs(uint set, uint clear) =>
        Prop.ForAll<uint, uint>((ones, zeros) =>
        {
            FakeBoard board = Started();
            board.WriteGicd(0, set, ones);
            bool asSet = board.Gicd(0, set) == ones && board.Gicd(1, clear) == ones;
            board.WriteGicd(1, clear, zeros);
            board.Settle();
            return asSet && board.Gicd(0, set) == (ones & ~zeros);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0x1_0100u, 0x1_0180u)]
    [InlineData(0x1_0200u, 0x1_0280u)]
    [InlineData(0x1_0300u, 0x1_0380u)]
    public void PrivateSetAndClearRegistersArePairsFromAnyVcpu(uint set, uint clear) =>
        Prop.ForAll<uint, uint, bool>((ones, zeros, other) =>
        {
            FakeBoard board = Started();
            board.WriteGicr(other ? 0 : 1, 1, set, ones);
            board.Settle();
            bool asSet = board.Gicr(0, 1, set) == ones && board.Gicr(1, 1, clear) == ones;
            board.WriteGicr(other ? 1 : 0, 1, clear, zeros);
            board.Settle();
            return asSet && board.Gicr(0, 1, set) == (ones & ~zeros) && board.Gicr(0, 0, set) == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void PrioritiesHaveFiveBitsAndBytes()
    {
        FakeBoard board = Started();
        board.WriteGicd(0, 0x421, 0xff, AccessSize.Byte);
        Assert.Equal(0xf800ul, board.Gicd(0, 0x420));
        Assert.Equal(0xf8ul, board.Gicd(0, 0x421, AccessSize.Byte));
        board.WriteGicr(0, 1, 0x1_041c, 0x01234567);
        Assert.Equal(0x00204060ul, board.Gicr(0, 1, 0x1_041c));
        Assert.Equal(0x20ul, board.Gicr(0, 1, 0x1_041e, AccessSize.Byte));
    }

    [Fact]
    public void PrivateBanksOfTheDistributorAreRazWi()
    {
        FakeBoard board = Started();
        foreach (uint offset in new uint[] { 0x80, 0x100, 0x200, 0x300, 0x400, 0x41c, 0xc00, 0xc04, 0x6000, 0x60f8 })
        {
            board.WriteGicd(0, offset, ~0u);
            Assert.Equal(0ul, board.Gicd(0, offset));
        }
    }

    [Fact]
    public void Intids1020To1023DoNotExist()
    {
        FakeBoard board = Started(32);
        board.WriteGicd(0, 0x17c, ~0u);
        Assert.Equal(0x0ffffffful, board.Gicd(0, 0x17c));
        board.WriteGicd(0, 0x7fc, ~0u);
        Assert.Equal(0ul, board.Gicd(0, 0x7fc));
        board.WriteGicd(0, 0x7ff, 0xff, AccessSize.Byte);
        Assert.Equal(0ul, board.Gicd(0, 0x7ff, AccessSize.Byte));
        board.WriteGicd(0, 0x6000 + 1019 * 8, 1, AccessSize.DoubleWord);
        Assert.Equal(1ul, board.Gicd(0, 0x6000 + 1019 * 8, AccessSize.DoubleWord));
        board.WriteGicd(0, 0x6000 + 1020 * 8, 1, AccessSize.DoubleWord);
        Assert.Equal(0ul, board.Gicd(0, 0x6000 + 1020 * 8, AccessSize.DoubleWord));
    }

    [Fact]
    public void RoutesAreWholeOrInHalves()
    {
        FakeBoard board = Started();
        uint route = 0x6000 + 33 * 8;
        board.WriteGicd(0, route, 1);
        Assert.Equal(1ul, board.Gicd(0, route, AccessSize.DoubleWord));
        board.WriteGicd(0, route + 4, 1);
        Assert.Equal(-1, board.Gic.State.RouteOf(33));
        board.WriteGicd(0, route, 1ul << 31, AccessSize.DoubleWord);
        Assert.Equal(0, board.Gic.State.RouteOf(33));
    }

    [Fact]
    public void TriggersAreTheUpperBits()
    {
        FakeBoard board = Started();
        board.WriteGicd(0, 0xc08, ~0u);
        Assert.Equal(0xaaaaaaaaul, board.Gicd(0, 0xc08));
        board.WriteGicd(0, 0xc0c, 0x8);
        Assert.Equal(8ul, board.Gicd(0, 0xc0c));
        Assert.Equal(0xaaaaaaaaul, board.Gicr(0, 0, 0x1_0c00));
        Assert.Equal(0ul, board.Gicr(0, 0, 0x1_0c04));
    }

    [Fact]
    public void SpreadAndGatherAreInverse() =>
        Prop.ForAll<ushort>(bits => TwoBitFields.Gather(TwoBitFields.Spread(bits)) == bits
            && (TwoBitFields.Spread(bits) & 0x55555555) == 0).QuickCheckThrowOnFailure();

    [Fact]
    public void NoOffsetSizeOrValueCrashes()
    {
        var random = new Random(1);
        FakeBoard board = Started();
        board.Gic.State.Assign(40, 70);
        for (uint offset = 0; offset < 0x1_0000; offset++)
        {
            AccessSize size = Sizes[random.Next(4)];
            board.WriteGicd(random.Next(2), offset, (ulong)random.NextInt64(), size);
            board.Gicd(random.Next(2), offset, Sizes[random.Next(4)]);
        }
        for (uint offset = 0; offset < 0x6_0000; offset += (uint)random.Next(1, 4))
        {
            board.WriteGicr(random.Next(2), 0, offset, (ulong)random.NextInt64(), Sizes[random.Next(4)]);
            board.Gicr(random.Next(2), 0, offset, Sizes[random.Next(4)]);
        }
        board.Settle();
    }

    [Fact]
    public void WrongWidthsAreRazWi()
    {
        FakeBoard board = Started();
        foreach (AccessSize size in new[] { AccessSize.Byte, AccessSize.HalfWord, AccessSize.DoubleWord })
        {
            board.WriteGicd(0, 0x104, ~0ul, size);
            board.WriteGicr(0, 0, 0x1_0100, ~0ul, size);
            Assert.Equal(0ul, board.Gicd(0, 4, size));
        }
        Assert.Equal(0ul, board.Gicd(0, 0x104));
        Assert.Equal(0ul, board.Gicr(0, 0, 0x1_0100));
        board.WriteGicd(0, 0x420, ~0ul, AccessSize.HalfWord);
        Assert.Equal(0ul, board.Gicd(0, 0x420));
    }
}

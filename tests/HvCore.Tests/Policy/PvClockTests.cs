using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.X86.Policy;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Policy;

public sealed class PvClockTests
{
    // As a guest does it: shift, then the upper half of a 96-bit product.
    private static BigInteger Nanoseconds(ClockScale scale, ulong ticks)
    {
        ulong shifted = scale.Shift < 0 ? ticks >> -scale.Shift : ticks << scale.Shift;
        return (BigInteger)shifted * scale.Multiplier >> 32;
    }

    private static Gen<ulong> Between(ulong low, ulong high) =>
        from exponent in Gen.Choose(BitOperations.Log2(low), BitOperations.Log2(high))
        from mantissa in Gen.Choose(0, int.MaxValue)
        select Math.Clamp((1ul << exponent) + (ulong)(((UInt128)mantissa << exponent) >> 31), low, high);

    [Fact]
    public void Ticks_become_nanoseconds()
    {
        var cases = from hertz in Between(1000, 1ul << 40) from seconds in Between(1, 1ul << 22) from extra in Between(1, hertz) select (hertz, seconds, extra);
        Property property = Prop.ForAll(cases.ToArbitrary(), c =>
        {
            ClockScale scale = new(c.hertz);
            UInt128 wide = (UInt128)c.hertz * c.seconds + c.extra;
            // Ticks that do not overflow the guest's own shift: 2^63 nanoseconds are 292 years.
            if (wide << Math.Max(0, (int)scale.Shift) > ulong.MaxValue)
                return true;
            ulong ticks = (ulong)wide;
            BigInteger exact = (BigInteger)ticks * 1_000_000_000 / c.hertz;
            BigInteger error = BigInteger.Abs(Nanoseconds(scale, ticks) - exact);
            // 31 bits of precision, and what the shift to the right cuts off.
            return scale.Multiplier >= 1u << 31 && error <= (exact >> 31) + 2;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), property);
    }

    [Theory]
    [InlineData(1_000_000_000ul, 0x8000_0000u, 1)]
    [InlineData(2_000_000_000ul, 0x8000_0000u, 0)]
    [InlineData(4_000_000_000ul, 0x8000_0000u, -1)]
    [InlineData(500_000_000ul, 0x8000_0000u, 2)]
    public void Powers_of_two_are_exact(ulong hertz, uint multiplier, int shift)
    {
        ClockScale scale = new(hertz);
        Assert.Equal((multiplier, (sbyte)shift), (scale.Multiplier, scale.Shift));
    }

    [Theory]
    [InlineData(0u, 2u)]
    [InlineData(6u, 8u)]
    [InlineData(7u, 8u)]
    [InlineData(uint.MaxValue, 0u)]
    public void A_clock_that_is_written_has_another_even_version(uint before, uint after)
    {
        PvClockTime time = new() { Version = before };
        time.Write(default);
        Assert.Equal(after, time.Version);
    }

    [Fact]
    public void Layouts_are_the_ABIs()
    {
        Assert.Equal(PvClockTime.Size, (uint)Unsafe.SizeOf<PvClockTime>());
        Assert.Equal(PvWallClock.Size, (uint)Unsafe.SizeOf<PvWallClock>());
        PvClockTime time = default;
        GuestClock clock = new() { Scale = new(3_000_000_000), IsStable = true, WallSeconds = 7, WallNanoseconds = 9 };
        time.Write(in clock);
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<PvClockTime>(in time));
        Assert.Equal(2, bytes[0]);
        Assert.Equal(clock.Scale.Multiplier, BitConverter.ToUInt32(bytes[24..]));
        Assert.Equal((byte)clock.Scale.Shift, bytes[28]);
        Assert.Equal(1, bytes[29]);
        PvWallClock wall = new() { Version = 5 };
        wall.Write(in clock);
        Assert.Equal((6u, 7u, 9u), (wall.Version, wall.Seconds, wall.Nanoseconds));
    }

    // A reader that goes by the version never sees half of one clock and half of another.
    [Fact]
    public void Readers_see_whole_clocks()
    {
        PvWallClock[] shared = new PvWallClock[1];
        shared[0].Write(default);
        bool stop = false;
        Thread writer = new(() =>
        {
            for (uint i = 0; !Volatile.Read(ref stop); i++)
                shared[0].Write(new GuestClock { WallSeconds = i, WallNanoseconds = ~i });
        });
        shared[0].Write(new GuestClock { WallSeconds = 0, WallNanoseconds = ~0u });
        writer.Start();
        int torn = 0;
        for (int i = 0; i < 300_000; i++)
        {
            uint before, seconds, nanoseconds;
            do
            {
                before = Volatile.Read(ref shared[0].Version);
                seconds = Volatile.Read(ref shared[0].Seconds);
                nanoseconds = Volatile.Read(ref shared[0].Nanoseconds);
            }
            while ((before & 1) != 0 || Volatile.Read(ref shared[0].Version) != before);
            if (seconds != ~nanoseconds)
                torn++;
        }
        Volatile.Write(ref stop, true);
        writer.Join();
        Assert.Equal(0, torn);
    }
}

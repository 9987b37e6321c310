using System;
using Bulkhead.Devices;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

public class PhysicalRtcTests
{
    private sealed class Chip
    {
        public DateTime Time;
        public bool Binary, TwentyFour = true;
        public int UpdatesAt = -1;
        private byte _index;
        private int _reads;

        public void Out(ushort port, byte value)
        {
            Assert.Equal(0x70, port);
            _index = value;
        }

        public byte In(ushort port)
        {
            Assert.Equal(0x71, port);
            // The clock ticks in the middle of being read.
            if (_reads++ == UpdatesAt)
                Time = Time.AddSeconds(1);
            int hour = TwentyFour ? Time.Hour : Time.Hour % 12 == 0 ? 12 : Time.Hour % 12;
            return _index switch
            {
                0 => Number(Time.Second),
                2 => Number(Time.Minute),
                4 => (byte)(Number(hour) | (!TwentyFour && Time.Hour >= 12 ? 0x80 : 0)),
                7 => Number(Time.Day),
                8 => Number(Time.Month),
                9 => Number(Time.Year % 100),
                10 => 0x26,
                11 => (byte)((Binary ? 4 : 0) | (TwentyFour ? 2 : 0)),
                _ => throw new InvalidOperationException(),
            };
        }

        private byte Number(int value) => (byte)(Binary ? value : value / 10 << 4 | value % 10);
    }

    [ThreadStatic]
    private static Chip? s_chip;

    private readonly struct Ports : IPortIo
    {
        public static byte In8(ushort port) => s_chip?.In(port) ?? 0xff;
        public static ushort In16(ushort port) => throw new NotSupportedException();
        public static uint In32(ushort port) => throw new NotSupportedException();
        public static void Out8(ushort port, byte value) => s_chip?.Out(port, value);
        public static void Out16(ushort port, ushort value) => throw new NotSupportedException();
        public static void Out32(ushort port, uint value) => throw new NotSupportedException();
    }

    [Fact]
    public void Every_second_of_the_century_is_read()
    {
        var cases = from seconds in Gen.Choose(0, int.MaxValue) from shape in Gen.Choose(0, 3) from tick in Gen.Choose(-1, 20) select (seconds, shape, tick);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(cases.ToArbitrary(), c =>
        {
            DateTime time = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds((double)c.seconds * 1.46);
            time = new DateTime(time.Ticks - time.Ticks % TimeSpan.TicksPerSecond, DateTimeKind.Utc);
            s_chip = new Chip { Time = time, Binary = (c.shape & 1) != 0, TwentyFour = (c.shape & 2) != 0, UpdatesAt = c.tick };
            Assert.True(PhysicalRtc<Ports>.TryRead(out RtcTime read));
            long expected = new DateTimeOffset(time).ToUnixTimeSeconds();
            Assert.InRange((long)read.UnixSeconds, expected, expected + (c.tick >= 0 ? 1 : 0));
        }));
    }

    [Fact]
    public void None_is_none()
    {
        s_chip = null;
        Assert.False(PhysicalRtc<Ports>.TryRead(out _));
    }
}

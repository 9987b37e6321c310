using System;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.X86.Chipset;
using Xunit;

namespace Bulkhead.Tests.Chipset;

public class TcoTimerTests
{
    private const double Tick = 0.6;

    [ThreadStatic]
    private static Chip? s_chip;

    [Theory]
    [InlineData(0x2918_8086, 0x601, 0x80, 0xfed1_c001, true)]
    [InlineData(0x7000_8086, 0x601, 0x80, 0xfed1_c001, false)]
    [InlineData(0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, false)]
    [InlineData(0x2918_8086, 0x001, 0x80, 0xfed1_c001, false)]
    [InlineData(0x2918_8086, 0x601, 0x00, 0xfed1_c001, false)]
    [InlineData(0x2918_8086, 0x601, 0x80, 0xfed1_c000, false)]
    public void It_is_found_where_firmware_has_put_an_ich9s(uint id, uint pmBase, uint acpi, uint rcba, bool isFound)
    {
        s_chip = new Chip { Id = id, PmBase = pmBase, AcpiControl = acpi, Rcba = rcba };
        Assert.Equal(isFound, TcoTimer<Ports>.TryFind(out _, out HostPhys generalControl));
        Assert.Equal(isFound ? 0xfed1_f410ul : 0, generalControl.Value);
        Assert.Equal(0, s_chip.Writes);
    }

    [Theory]
    [InlineData(15_000)]
    [InlineData(300_000)]
    public void It_resets_the_board_after_its_time_and_before_twice_of_it_is_over(uint milliseconds)
    {
        TcoTimer<Ports> timer = Started(milliseconds);
        s_chip!.Pass(milliseconds / 1000.0 - 1);
        Assert.Equal((0, false), (s_chip.Timeouts, s_chip.IsReset));
        s_chip.Pass(milliseconds / 1000.0 + 1.1);
        Assert.True(s_chip.IsReset);
    }

    [Fact]
    public void Fed_or_stopped_it_does_not()
    {
        TcoTimer<Ports> timer = Started(15_000);
        for (int i = 0; i < 10; i++)
        {
            s_chip!.Pass(29);
            timer.Feed(15_000);
        }
        timer.Feed(300_000);
        s_chip!.Pass(590);
        timer.Stop();
        s_chip.Pass(10_000);
        Assert.False(s_chip.IsReset);
        // Who feeds it too late does not start it again.
        timer.Feed(15_000);
        s_chip.Pass(10_000);
        Assert.False(s_chip.IsReset);
        int writes = s_chip.Writes;
        timer.Stop();
        Assert.Equal(writes, s_chip.Writes);
    }

    [Theory]
    [InlineData(0u, 4)]
    [InlineData(uint.MaxValue, 0x3ff)]
    public void Its_time_is_one_that_it_can_count(uint milliseconds, int ticks)
    {
        Started(milliseconds);
        Assert.Equal(ticks, s_chip!.Initial);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_board_may_be_wired_to_forbid_it(bool isForbidden)
    {
        s_chip = new Chip { IsForbidden = isForbidden };
        Assert.True(TcoTimer<Ports>.TryFind(out _, out HostPhys generalControl));
        Assert.Equal(!isForbidden, TcoTimer<Ports>.TryAllowReset<Registers>(generalControl));
        // Other bits stay.
        Assert.Equal(isForbidden ? 0x465u : 0x445, s_chip.GeneralControl);
    }

    private static TcoTimer<Ports> Started(uint milliseconds)
    {
        s_chip = new Chip();
        Assert.True(TcoTimer<Ports>.TryFind(out TcoTimer<Ports> timer, out HostPhys generalControl));
        Assert.True(TcoTimer<Ports>.TryAllowReset<Registers>(generalControl));
        timer.Start(milliseconds);
        return timer;
    }

    /// <summary>Of an ICH9's LPC bridge and its TCO timer what is used, by its datasheet, 10.1, 13.1 and 13.9; accesses elsewhere throw.</summary>
    private sealed class Chip
    {
        private const int Halt = 1 << 11;

        private uint _selected;
        private int _control = 0x1000;
        private double _left;

        public uint Id { get; init; } = 0x2918_8086;
        public uint PmBase { get; init; } = 0x601;
        public uint AcpiControl { get; init; } = 0x80;
        public uint Rcba { get; init; } = 0xfed1_c001;
        public bool IsForbidden { get; init; }
        public uint GeneralControl { get; private set; } = 0x465;
        public int Initial { get; private set; } = 4;
        public int Timeouts { get; private set; }
        public bool IsReset { get; private set; }
        public int Writes { get; private set; }

        public void Pass(double seconds)
        {
            for (_left -= seconds; (_control & Halt) == 0 && _left <= 0; _left += Initial * Tick)
                IsReset |= ++Timeouts == 2 && (GeneralControl & 0x20) == 0;
        }

        public uint In32(ushort port)
        {
            Assert.Equal(0xcfc, port);
            return _selected switch
            {
                0x8000_f800 => Id,
                0x8000_f840 => PmBase,
                0x8000_f844 => AcpiControl,
                0x8000_f8f0 => Rcba,
                _ => throw new InvalidOperationException(),
            };
        }

        public void Out32(ushort port, uint value)
        {
            Assert.Equal(0xcf8, port);
            _selected = value;
        }

        public ushort In16(ushort port)
        {
            Assert.Equal(0x668, port);
            return (ushort)_control;
        }

        public void Out16(ushort port, ushort value)
        {
            Writes++;
            switch (port)
            {
                case 0x660:
                    Timeouts = 0;
                    _left = Initial * Tick;
                    break;
                case 0x668:
                    // Bits that are nobody's stay.
                    Assert.Equal(_control & ~Halt, value & ~Halt);
                    _control = value;
                    break;
                case 0x672:
                    // 13.9: others are ignored.
                    Assert.InRange(value, 4, 0x3ff);
                    Initial = value;
                    break;
                default:
                    throw new InvalidOperationException();
            }
        }

        public uint Read32(ulong address)
        {
            Assert.Equal(0xfed1_f410ul, address);
            return GeneralControl;
        }

        public void Write32(ulong address, uint value)
        {
            Assert.Equal(0xfed1_f410ul, address);
            GeneralControl = IsForbidden ? value | 0x20 : value;
        }
    }

    private readonly struct Ports : IPortIo
    {
        public static byte In8(ushort port) => throw new NotSupportedException();
        public static ushort In16(ushort port) => s_chip!.In16(port);
        public static uint In32(ushort port) => s_chip!.In32(port);
        public static void Out8(ushort port, byte value) => throw new NotSupportedException();
        public static void Out16(ushort port, ushort value) => s_chip!.Out16(port, value);
        public static void Out32(ushort port, uint value) => s_chip!.Out32(port, value);
    }

    private readonly struct Registers : IMmio32
    {
        public static uint Read32(HostPhys address) => s_chip!.Read32(address.Value);
        public static void Write32(HostPhys address, uint value) => s_chip!.Write32(address.Value, value);
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.X86.Devices;
using Xunit;

namespace Bulkhead.Tests.Core;

public class PortBusTests
{
    private struct Nothing;

    private readonly struct NoLine : IInterruptLine<Nothing>
    {
        public static void Set(ref Nothing context, bool asserted)
        {
        }
    }

    /// <summary>The control UART: what was written where.</summary>
    private readonly struct Control : IDeviceRegisters<Nothing>
    {
        [ThreadStatic]
        public static List<(uint, byte)>? Written;

        public static uint Read(ref Nothing context, uint offset, AccessSize size) => 0x50 + offset;

        public static void Write(ref Nothing context, uint offset, AccessSize size, uint value) => Written!.Add((offset, (byte)value));
    }

    private sealed class Guest
    {
        private ConsoleMultiplexer<FakeUart, FakeClock> _console;
        private VirtualUart16550 _uart;
        private PortBus _bus;
        private Nothing _nothing;
        public readonly FakeLine Wire = new();

        public Guest(GuestFlags flags = GuestFlags.None)
        {
            _console.Uart.Line = Wire;
            _console.Initialize(100);
            _console.AddGuest(ConsoleMultiplexerTests.Name("guest"));
            _uart.Initialize(0);
            GuestEntry entry = default;
            entry.Flags = flags;
            entry.X86 = new() { ControlPort = flags == 0 ? 0u : 0x2f8, UartPort = 0x3f8, SleepPort = 0x600, ResetPort = 0x604 };
            _bus.Initialize(in entry);
        }

        public uint In(uint port, AccessSize size = AccessSize.Byte) =>
            PortAccess<ConsoleMultiplexer<FakeUart, FakeClock>, NoLine, Nothing, Control>.Read(ref _bus, ref _uart, port, size, ref _console, ref _nothing);

        public PowerRequest Out(uint port, uint value, AccessSize size = AccessSize.Byte) =>
            PortAccess<ConsoleMultiplexer<FakeUart, FakeClock>, NoLine, Nothing, Control>.Write(ref _bus, ref _uart, port, size, value, ref _console, ref _nothing);
    }

    [Fact]
    public void The_watchdog_has_four_registers_of_32_bits_where_there_is_one()
    {
        GuestEntry entry = default;
        entry.X86.WatchdogPort = 0x610;
        PortBus bus = default;
        bus.Initialize(in entry);
        for (uint port = 0; port < 0x1_0000; port++)
            Assert.False(bus.IsWatchdog(port, out _));
        entry.Watchdog.Timeout = 1000;
        bus.Initialize(in entry);
        List<(uint, uint)> found = [];
        for (uint port = 0; port < 0x1_0000; port++)
        {
            if (bus.IsWatchdog(port, out uint register))
                found.Add((port, register));
        }
        Assert.Equal([(0x610, 0), (0x614, 4), (0x618, 8), (0x61c, 12)], found);
    }

    [Fact]
    public void The_control_guests_second_uart_has_eight_ports()
    {
        Guest guest = new(GuestFlags.Control), other = new();
        Control.Written = [];
        for (uint offset = 0; offset < 8; offset++)
        {
            Assert.Equal(0x50 + offset, guest.In(0x2f8 + offset));
            Assert.Equal(0xffu, other.In(0x2f8 + offset));
            Assert.Equal(PowerRequest.None, guest.Out(0x2f8 + offset, offset));
            Assert.Equal(PowerRequest.None, other.Out(0x2f8 + offset, offset));
        }
        Assert.Equal(0x5251u, guest.In(0x2f9, AccessSize.HalfWord));
        guest.Out(0x2fe, 0x04030201, AccessSize.Word);
        Assert.Equal([.. Enumerable.Range(0, 8).Select(i => ((uint)i, (byte)i)), (6, 1), (7, 2)], Control.Written);
        Assert.Equal(0xffu, guest.In(0x2f7));
        Assert.Equal(0xffu, guest.In(0x300));
    }

    [Fact]
    public void Ports_that_are_nobodys_read_as_ones()
    {
        Guest guest = new();
        HashSet<uint> owned = [0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff, 0x600, 0x601];
        for (uint port = 0; port < 0x1_0000; port++)
        {
            bool ones = guest.In(port) == 0xff;
            Assert.Equal(!owned.Contains(port), ones);
            if (port is not (>= 0x3f8 and < 0x400))
                Assert.Equal(PowerRequest.None, guest.Out(port, 0xff));
        }
        Assert.Equal(uint.MaxValue, guest.In(0xcf8, AccessSize.Word));
        Assert.Equal(0xffffu, guest.In(0x80, AccessSize.HalfWord));
        Assert.Equal(0xff00u, guest.In(0x601, AccessSize.HalfWord));
        // The last port's neighbour is the first.
        Assert.Equal(uint.MaxValue, guest.In(0xffff, AccessSize.Word));
    }

    [Theory]
    [InlineData(0x600u, 0x34u, PowerRequest.Off)]
    [InlineData(0x600u, 0x14u, PowerRequest.None)]
    [InlineData(0x600u, 0x20u, PowerRequest.None)]
    [InlineData(0x600u, 0x2cu, PowerRequest.None)]
    [InlineData(0x604u, 6u, PowerRequest.Reset)]
    [InlineData(0x604u, 7u, PowerRequest.None)]
    [InlineData(0x601u, 6u, PowerRequest.None)]
    public void Sleep_and_reset(uint port, uint value, PowerRequest expected) => Assert.Equal(expected, new Guest().Out(port, value));

    [Fact]
    public void A_wide_access_is_one_of_each_byte()
    {
        Guest guest = new();
        Assert.Equal(0x60u << 8, guest.In(0x3fc, AccessSize.HalfWord));
        guest.Out(0x3ff, 0x5a);
        Assert.Equal(0x5ab06000u, guest.In(0x3fc, AccessSize.Word));
        guest.Out(0x3f8, 0x41, AccessSize.HalfWord);
        Assert.Equal((byte)'A', guest.Wire.Sent[^1]);
        Assert.Equal(PowerRequest.Off, guest.Out(0x5ff, 0x3400, AccessSize.HalfWord));
    }

    [Fact]
    public void Memory_windows_are_a_page_each()
    {
        GuestEntry guest = new() { X86 = new() { LocalApic = new(0xfee0_0000), IoApic = new(0xfec0_0000) } };
        guest.Mailbox.Registers = new(0xfeb0_0000);
        Assert.Equal((true, false, false, 0xfffu), Find(in guest, 0xfee0_0fff));
        Assert.Equal((false, true, false, 0x10u), Find(in guest, 0xfec0_0010));
        Assert.Equal((false, false, false, 0u), Find(in guest, 0xfec0_1000));
        Assert.Equal((false, false, false, 0u), Find(in guest, 0x1_fee0_0000));
        // Its place alone makes no mailbox.
        Assert.Equal((false, false, false, 0xcu), Find(in guest, 0xfeb0_000c));
        Assert.Equal((false, false, false, 0u), Find(in guest, 0));
        Assert.Equal((false, false, false, 1u), Find(in guest, 1));
        guest.Flags = GuestFlags.Control;
        Assert.Equal((false, false, true, 0xcu), Find(in guest, 0xfeb0_000c));
        Assert.Equal((false, false, false, 0u), Find(in guest, 0xfeb0_1000));
    }

    private static (bool Local, bool Io, bool Mailbox, uint Offset) Find(in GuestEntry guest, ulong address)
    {
        MmioBus bus = default;
        bus.Initialize(in guest);
        ulong page = MmioBus.PageOf(new(address), out uint offset);
        return (bus.IsLocalApic(page), bus.IsIoApic(page), bus.IsMailbox(page), offset);
    }
}

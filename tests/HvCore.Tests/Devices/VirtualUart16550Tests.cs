using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Xunit;
using U = Bulkhead.Devices.Uart16550;

namespace Bulkhead.Tests.Core;

public class VirtualUart16550Tests
{
    private sealed class Board : SerialBoard
    {
        private VirtualUart16550 _uart;

        public Board() => _uart.Initialize(0);

        public uint Read(uint offset) =>
            _uart.Read<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(offset, ref Mux, ref Controller);

        public void Write(uint offset, uint value) =>
            _uart.Write<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(offset, (byte)value, ref Mux, ref Controller);

        protected override void Received() =>
            _uart.Received<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(ref Mux, ref Controller);

        protected override void SpaceReturned() =>
            _uart.SpaceReturned<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(ref Mux, ref Controller);
    }

    [Fact]
    public void Reset_values()
    {
        Board board = new();
        Assert.Equal([0u, 0, 1, 0, 0, 0x60, 0xb0, 0], Enumerable.Range(0, 8).Select(i => board.Read((uint)i)));
    }

    [Theory]
    [InlineData(U.IER, 0xfu)]
    [InlineData(U.LCR, 0xffu)]
    [InlineData(U.MCR, 0x1fu)]
    [InlineData(U.SCR, 0xffu)]
    public void Registers_keep_the_bits_they_have(uint offset, uint mask)
    {
        Board board = new();
        board.Write(offset, 0xff);
        Assert.Equal(mask, board.Read(offset));
        board.Write(offset, 0);
        Assert.Equal(0u, board.Read(offset));
    }

    [Fact]
    public void The_divisor_is_behind_DLAB()
    {
        Board board = new();
        board.Write(U.LCR, U.DLAB);
        board.Write(U.DLL, 0x34);
        board.Write(U.DLM, 0x12);
        Assert.Equal([0x34u, 0x12u], [board.Read(U.DLL), board.Read(U.DLM)]);
        board.Write(U.LCR, U.EightBits);
        Assert.Equal(0u, board.Read(U.IER));
        Assert.Empty(board.Wire.Sent);
    }

    [Fact]
    public void Every_offset_and_value_is_survived()
    {
        Board board = new();
        Random random = new(1);
        for (int i = 0; i < 100_000; i++)
        {
            board.Write((uint)random.Next(9), (uint)random.Next(256));
            board.Read((uint)random.Next(9));
            if (random.Next(50) == 0)
                board.Type(random.Next(300));
        }
    }

    // What drivers do to tell a 16550A from its forerunners and successors.
    [Fact]
    public void It_is_found_to_be_a_16550A()
    {
        Board board = new();
        board.Write(U.IER, 0);
        Assert.Equal(0u, board.Read(U.IER) & 0xf);
        board.Write(U.IER, 0xf);
        Assert.Equal(0xfu, board.Read(U.IER) & 0xf);
        board.Write(U.IER, 0);
        // Loopback of the modem lines: OUT2 and RTS are DCD and CTS.
        board.Write(U.MCR, U.LOOP | 0x0a);
        Assert.Equal(0x90u, board.Read(U.MSR) & 0xf0);
        board.Write(U.MCR, 0);
        board.Write(U.LCR, 0);
        board.Write(U.FCR, U.FifoEnable);
        Assert.Equal(3u, board.Read(U.IIR) >> 6);
        // No extended register set of a 16650 or 16750 shows.
        board.Write(U.LCR, 0xbf);
        Assert.NotEqual(0u, board.Read(U.IIR));
        board.Write(U.LCR, U.DLAB);
        board.Write(U.FCR, U.FifoEnable | 0x20);
        Assert.Equal(0u, board.Read(U.IIR) & 0x20);
    }

    [Fact]
    public void Loopback_shows_sixteen_bytes()
    {
        Board board = new();
        board.Write(U.FCR, U.FifoEnable);
        board.Write(U.MCR, U.LOOP);
        for (uint i = 0; i < 17; i++)
            board.Write(U.THR, i);
        Assert.Equal(U.DR | U.OE, board.Read(U.LSR) & (U.DR | U.OE));
        for (uint i = 0; i < 16; i++)
        {
            Assert.Equal(U.DR, board.Read(U.LSR) & (U.DR | U.OE));
            Assert.Equal(i, board.Read(U.RBR));
        }
        Assert.Equal(0u, board.Read(U.LSR) & U.DR);
        Assert.Empty(board.Wire.Sent);
    }

    [Fact]
    public void Transmits_at_once()
    {
        Board board = new();
        foreach (byte value in "login: "u8)
        {
            Assert.Equal(U.THRE | U.TEMT, board.Read(U.LSR));
            board.Write(U.THR, value);
        }
        Assert.Equal("\u001eguest| login: "u8.ToArray(), board.Wire.Sent);
        Assert.False(board.Controller.Asserted);
    }

    [Fact]
    public void An_empty_transmitter_interrupts_when_enabled_and_after_each_write()
    {
        Board board = new();
        board.Write(U.FCR, U.FifoEnable);
        // Twice, as drivers test for a UART that does it once only.
        for (int i = 0; i < 2; i++)
        {
            board.Write(U.IER, U.ETBEI);
            Assert.True(board.Controller.Asserted);
            Assert.Equal(0xc2u, board.Read(U.IIR));
            Assert.False(board.Controller.Asserted);
            Assert.Equal(0xc1u, board.Read(U.IIR));
            board.Write(U.IER, 0);
        }
        board.Write(U.IER, U.ETBEI);
        board.Read(U.IIR);
        int rises = board.Controller.Rises;
        board.Write(U.THR, 'x');
        board.Write(U.THR, 'y');
        Assert.Equal(rises + 1, board.Controller.Rises);
        board.Write(U.IER, 0);
        Assert.False(board.Controller.Asserted);
    }

    // An interrupt-driven driver on an edge-triggered input that sends a FIFO per interrupt gets everything out
    // through a slow wire.
    [Fact]
    public void A_flood_is_throttled_and_loses_nothing()
    {
        Board board = new();
        board.Wire.Room = 0;
        board.Write(U.FCR, U.FifoEnable);
        const int total = 20_000;
        List<byte> written = [];
        Random random = new(2);
        while ((board.Read(U.LSR) & U.THRE) != 0)
            Put();
        Assert.True(written.Count > TransmitRing.Size - 2 * U.FifoDepth);
        int seen = 0;
        board.Write(U.IER, U.ETBEI);
        for (int steps = 0; written.Count < total; steps++)
        {
            Assert.True(steps < 1_000_000, "stuck");
            if (board.Controller.Rises != seen)
            {
                seen = board.Controller.Rises;
                if (board.Read(U.IIR) != 0xc2 || (board.Read(U.LSR) & U.THRE) == 0)
                    continue;
                for (uint i = 0; i < U.FifoDepth; i++)
                    Put();
            }
            else
            {
                board.Wire.Room = Math.Max(board.Wire.Room, (uint)random.Next(20));
                if (board.Wire.TransmitInterrupt)
                    board.Service();
            }
        }
        board.Wire.Room = uint.MaxValue;
        board.Mux.Flush(100);
        Assert.Equal(written, WireDecoder.Decode(board.Wire.Sent, out _)["guest"]);

        void Put()
        {
            byte value = (byte)random.Next(32, 127);
            written.Add(value);
            board.Write(U.THR, value);
        }
    }

    [Fact]
    public void Receives_with_timeout_interrupt()
    {
        Board board = new();
        board.Write(U.FCR, U.FifoEnable | U.ReceiveTriggerHalf);
        board.Write(U.IER, U.ERBFI);
        board.Type(3);
        Assert.True(board.Controller.Asserted);
        Assert.Equal(0xc0 | U.CharacterTimeout, board.Read(U.IIR));
        Assert.Equal(U.DR, board.Read(U.LSR) & U.DR);
        Assert.Equal(0x40u, board.Read(U.RBR));
        Assert.Equal(0x41u, board.Read(U.RBR));
        Assert.True(board.Controller.Asserted);
        Assert.Equal(0x42u, board.Read(U.RBR));
        Assert.False(board.Controller.Asserted);
        Assert.Equal(0u, board.Read(U.LSR) & U.DR);
        Assert.Equal(2, board.Controller.Changes);
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(1u, 4)]
    [InlineData(2u, 8)]
    [InlineData(3u, 14)]
    public void The_level_tells_data_from_timeout(uint select, int level)
    {
        Board board = new();
        board.Write(U.FCR, U.FifoEnable | select << 6);
        board.Write(U.IER, U.ERBFI);
        board.Type(level);
        Assert.Equal(0xc0 | U.ReceivedData, board.Read(U.IIR));
        board.Read(U.RBR);
        Assert.Equal(0xc0 | (level == 1 ? U.NoInterrupt : U.CharacterTimeout), board.Read(U.IIR));
    }

    [Fact]
    public void Reset_of_the_FIFO_drops_what_waits()
    {
        Board board = new();
        board.Write(U.IER, U.ERBFI);
        board.Type(5);
        board.Write(U.FCR, U.FifoEnable | U.ResetReceiveFifo);
        Assert.False(board.Controller.Asserted);
        Assert.Equal(0u, board.Read(U.LSR) & U.DR);
    }

    [Fact]
    public void An_overrun_is_reported_once_and_first()
    {
        Board board = new();
        board.Write(U.FCR, U.FifoEnable);
        board.Write(U.IER, U.ELSI | U.ERBFI);
        for (int i = 0; i < 10; i++)
            board.Type(32);
        Assert.Equal(0xc0 | U.LineStatus, board.Read(U.IIR));
        Assert.Equal(U.OE | U.DR, board.Read(U.LSR) & (U.OE | U.DR));
        Assert.Equal(U.DR, board.Read(U.LSR) & (U.OE | U.DR));
        Assert.Equal(0xc0 | U.ReceivedData, board.Read(U.IIR));
    }

    // Receiver on one CPU, an edge-triggered driver on another: no byte waits without a rise of the line behind it.
    [Fact]
    public void The_line_is_right_whoever_changes_it()
    {
        Board board = new();
        board.Write(U.FCR, U.FifoEnable);
        board.Write(U.IER, U.ERBFI);
        const int total = 100_000;
        Thread receiver = new(() =>
        {
            for (int sent = 0; sent < total; sent++)
            {
                while (board.Mux.Receive(0).Count > 200)
                    Thread.Yield();
                board.Wire.ToReceive.Enqueue((byte)(sent & 0x7f | 0x80));
                board.Receive();
            }
        });
        receiver.Start();
        int read = 0, seen = 0;
        DateTime deadline = DateTime.UtcNow.AddSeconds(60);
        while (read < total)
        {
            while (Volatile.Read(ref board.Controller.Rises) == seen)
                Assert.True(DateTime.UtcNow < deadline, $"stuck after {read}");
            seen = Volatile.Read(ref board.Controller.Rises);
            while ((board.Read(U.IIR) & U.NoInterrupt) == 0)
                Assert.Equal((byte)(read++ & 0x7f | 0x80), (byte)board.Read(U.RBR));
        }
        receiver.Join();
        Assert.False(board.Controller.TwoAtOnce);
        Assert.False(board.Controller.Asserted);
    }
}

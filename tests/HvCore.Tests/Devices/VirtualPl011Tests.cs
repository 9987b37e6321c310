using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Xunit;

namespace Bulkhead.Tests.Core;

public class VirtualPl011Tests
{
    private sealed class Board : SerialBoard
    {
        private VirtualPl011 _uart;

        public Board() => _uart.Initialize(0);

        public uint Read(uint offset, AccessSize size = AccessSize.Word) =>
            _uart.Read<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(offset, size, ref Mux, ref Controller);

        public void Write(uint offset, uint value) =>
            _uart.Write<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(offset, value, ref Mux, ref Controller);

        protected override void Received() =>
            _uart.Received<ConsoleMultiplexer<FakeUart, FakeClock>, LineController.Line, LineController>(ref Mux, ref Controller);

        protected override void SpaceReturned() => _uart.SpaceReturned<LineController.Line, LineController>(ref Controller);
    }

    [Fact]
    public void Reset_values_and_identity()
    {
        Board board = new();
        Assert.Equal(Pl011.TXFE | Pl011.RXFE | 7, board.Read(Pl011.UARTFR));
        Assert.Equal(0x300u, board.Read(Pl011.UARTCR));
        Assert.Equal(0x12u, board.Read(Pl011.UARTIFLS));
        Assert.Equal(0u, board.Read(Pl011.UARTIMSC));
        Assert.Equal(0u, board.Read(Pl011.UARTRIS));
        uint[] identity = [.. Enumerable.Range(0, 8).Select(i => board.Read(0xfe0 + (uint)i * 4))];
        Assert.Equal([0x11u, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1], identity);
    }

    [Theory]
    [InlineData(Pl011.UARTILPR, 0xffu)]
    [InlineData(Pl011.UARTIBRD, 0xffffu)]
    [InlineData(Pl011.UARTFBRD, 0x3fu)]
    [InlineData(Pl011.UARTLCR_H, 0xffu)]
    [InlineData(Pl011.UARTCR, 0xff87u)]
    [InlineData(Pl011.UARTIFLS, 0x3fu)]
    [InlineData(Pl011.UARTIMSC, 0x7ffu)]
    [InlineData(Pl011.UARTDMACR, 7u)]
    public void Registers_keep_the_bits_they_have(uint offset, uint mask)
    {
        Board board = new();
        board.Write(offset, uint.MaxValue);
        Assert.Equal(mask, board.Read(offset));
        Assert.Equal((byte)mask, board.Read(offset, AccessSize.Byte));
        board.Write(offset, 0);
        Assert.Equal(0u, board.Read(offset));
    }

    [Fact]
    public void Every_offset_and_value_is_survived()
    {
        Board board = new();
        Random random = new(1);
        for (uint offset = 0; offset < 0x1000; offset++)
        {
            board.Read(offset, AccessSize.DoubleWord);
            board.Write(offset, (uint)random.Next());
            board.Write(offset, uint.MaxValue);
            board.Read(offset, AccessSize.HalfWord);
        }
    }

    [Fact]
    public void Transmits_at_once()
    {
        Board board = new();
        foreach (byte value in "login: "u8)
        {
            Assert.Equal(0u, board.Read(Pl011.UARTFR) & (Pl011.TXFF | Pl011.BUSY));
            board.Write(Pl011.UARTDR, value);
        }
        Assert.Equal("\u001eguest| login: "u8.ToArray(), board.Wire.Sent);
        Assert.Equal(Pl011.TX, board.Read(Pl011.UARTRIS));
        Assert.False(board.Controller.Asserted);
        board.Write(Pl011.UARTIMSC, Pl011.TX);
        Assert.True(board.Controller.Asserted);
        board.Write(Pl011.UARTICR, Pl011.TX);
        Assert.False(board.Controller.Asserted);
        board.Write(Pl011.UARTDR, 'x');
        Assert.True(board.Controller.Asserted);
    }

    // An interrupt-driven driver that fills half a FIFO per interrupt gets everything out through a slow wire.
    [Fact]
    public void A_flood_is_throttled_and_loses_nothing()
    {
        Board board = new();
        board.Wire.Room = 0;
        board.Write(Pl011.UARTLCR_H, Pl011.FEN);
        const int total = 20_000;
        List<byte> written = [];
        Random random = new(2);
        board.Write(Pl011.UARTIMSC, Pl011.TX);
        // As a driver starts: it fills until TXFF.
        for (int steps = 0; written.Count < total; steps++)
        {
            Assert.True(steps < 1_000_000, "stuck");
            if (steps == 0)
            {
                while ((board.Read(Pl011.UARTFR) & Pl011.TXFF) == 0)
                    Put();
                Assert.Equal((int)TransmitRing.Size, written.Count);
                Assert.False(board.Controller.Asserted);
                Assert.Equal(Pl011.TXFF | Pl011.BUSY, board.Read(Pl011.UARTFR) & (Pl011.TXFF | Pl011.BUSY | Pl011.TXFE));
            }
            if (board.Controller.Asserted)
            {
                board.Write(Pl011.UARTICR, 0);
                for (int i = 0; i < 16; i++)
                {
                    Assert.Equal(0u, board.Read(Pl011.UARTFR) & Pl011.TXFF);
                    Put();
                }
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
            board.Write(Pl011.UARTDR, value);
        }
    }

    [Fact]
    public void Receives_with_timeout_interrupt()
    {
        Board board = new();
        board.Write(Pl011.UARTLCR_H, Pl011.FEN);
        board.Write(Pl011.UARTIMSC, Pl011.RX | Pl011.RT);
        board.Type(3);
        Assert.True(board.Controller.Asserted);
        Assert.Equal(Pl011.RT, board.Read(Pl011.UARTMIS));
        Assert.Equal(0u, board.Read(Pl011.UARTFR) & (Pl011.RXFE | Pl011.RXFF));
        Assert.Equal(0x40u, board.Read(Pl011.UARTDR));
        Assert.Equal(0x41u, board.Read(Pl011.UARTDR));
        Assert.True(board.Controller.Asserted);
        Assert.Equal(0x42u, board.Read(Pl011.UARTDR));
        Assert.False(board.Controller.Asserted);
        Assert.Equal(Pl011.RXFE, board.Read(Pl011.UARTFR) & Pl011.RXFE);
        Assert.Equal(2, board.Controller.Changes);
    }

    [Theory]
    [InlineData(0u, 4)]
    [InlineData(1u, 8)]
    [InlineData(2u, 16)]
    [InlineData(3u, 24)]
    [InlineData(4u, 28)]
    public void Receive_interrupt_follows_the_level(uint select, int level)
    {
        Board board = new();
        board.Write(Pl011.UARTLCR_H, Pl011.FEN);
        board.Write(Pl011.UARTIFLS, select << 3);
        board.Write(Pl011.UARTIMSC, Pl011.RX);
        board.Type(level - 1);
        Assert.False(board.Controller.Asserted);
        board.Type(1);
        Assert.True(board.Controller.Asserted);
        board.Read(Pl011.UARTDR);
        Assert.False(board.Controller.Asserted);
    }

    [Fact]
    public void Without_FIFOs_one_byte_is_full()
    {
        Board board = new();
        board.Write(Pl011.UARTIMSC, Pl011.RX);
        board.Type(1);
        Assert.True(board.Controller.Asserted);
        Assert.Equal(Pl011.RXFF, board.Read(Pl011.UARTFR) & (Pl011.RXFF | Pl011.RXFE));
        board.Read(Pl011.UARTDR);
        Assert.False(board.Controller.Asserted);
    }

    [Fact]
    public void An_overrun_is_reported_once()
    {
        Board board = new();
        board.Write(Pl011.UARTLCR_H, Pl011.FEN);
        board.Write(Pl011.UARTIMSC, Pl011.OE);
        for (int i = 0; i < 10; i++)
            board.Type(32);
        Assert.True(board.Controller.Asserted);
        Assert.Equal(Pl011.RXFF, board.Read(Pl011.UARTFR) & Pl011.RXFF);
        Assert.Equal(0x40u | Pl011.DataOE, board.Read(Pl011.UARTDR));
        Assert.Equal(0x41u, board.Read(Pl011.UARTDR));
        Assert.Equal(Pl011.StatusOE, board.Read(Pl011.UARTRSR));
        board.Write(Pl011.UARTRSR, 0);
        Assert.Equal(0u, board.Read(Pl011.UARTRSR));
        board.Write(Pl011.UARTICR, Pl011.OE);
        Assert.False(board.Controller.Asserted);
    }

    // Receiver on one CPU, driver on another: the line never gets stuck low with bytes waiting.
    [Fact]
    public void The_line_is_right_whoever_changes_it()
    {
        Board board = new();
        board.Write(Pl011.UARTLCR_H, Pl011.FEN);
        board.Write(Pl011.UARTIMSC, Pl011.RX | Pl011.RT);
        const int total = 200_000;
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
        int read = 0;
        DateTime deadline = DateTime.UtcNow.AddSeconds(60);
        while (read < total)
        {
            while (!Volatile.Read(ref board.Controller.Asserted))
                Assert.True(DateTime.UtcNow < deadline, $"stuck after {read}");
            while ((board.Read(Pl011.UARTFR) & Pl011.RXFE) == 0)
                Assert.Equal((byte)(read++ & 0x7f | 0x80), (byte)board.Read(Pl011.UARTDR));
        }
        receiver.Join();
        Assert.False(board.Controller.TwoAtOnce);
        Assert.False(board.Controller.Asserted);
    }
}

using System;
using System.Collections.Generic;
using Bulkhead.Devices;
using Xunit;
using U = Bulkhead.Devices.Uart16550;

namespace Bulkhead.Tests.Core;

public class PhysicalUart16550Tests
{
    /// <summary>A 16550A's registers on eight ports of a bus that has nothing else.</summary>
    private sealed class Chip
    {
        public const ushort Base = 0x3f8;
        public readonly byte[] Register = new byte[8];
        public readonly List<byte> Sent = [];
        public readonly Queue<byte> Received = [];
        public int Busy;
        public int InFifo;

        public byte In(ushort port) => (port - Base) switch
        {
            0 => Received.TryDequeue(out byte value) ? value : (byte)0,
            2 => 0xc1,
            5 => (byte)((Busy-- > 0 ? 0u : InFifo == 0 ? U.THRE | U.TEMT : 0) | (Received.Count != 0 ? U.DR : 0)),
            >= 0 and < 8 => Register[port - Base],
            _ => throw new InvalidOperationException($"port {port:x}"),
        };

        public void Out(ushort port, byte value)
        {
            // With DLAB the same port is the divisor's.
            if (port == Base && (Register[U.LCR] & U.DLAB) == 0)
            {
                Assert.True(InFifo < 16, "overrun");
                InFifo++;
                Sent.Add(value);
            }
            Register[port - Base] = value;
        }
    }

    [ThreadStatic]
    private static Chip? s_chip;

    private readonly struct Ports : IPortIo
    {
        public static byte In8(ushort port) => s_chip!.In(port);
        public static ushort In16(ushort port) => throw new NotSupportedException();
        public static uint In32(ushort port) => throw new NotSupportedException();
        public static void Out8(ushort port, byte value) => s_chip!.Out(port, value);
        public static void Out16(ushort port, ushort value) => throw new NotSupportedException();
        public static void Out32(ushort port, uint value) => throw new NotSupportedException();
    }

    private static PhysicalUart16550<Ports> Start()
    {
        s_chip = new Chip { Busy = 10 };
        PhysicalUart16550<Ports> uart = default;
        uart.Initialize(Chip.Base);
        return uart;
    }

    [Fact]
    public void It_is_set_up_for_a_PC()
    {
        Start();
        Assert.Equal(U.EightBits, s_chip!.Register[U.LCR]);
        Assert.Equal(U.FifoEnable, s_chip.Register[U.FCR] & U.FifoEnable);
        Assert.Equal(U.OUT2, s_chip.Register[U.MCR] & U.OUT2);
        Assert.Equal(U.ERBFI, s_chip.Register[U.IER]);
        Assert.True(s_chip.Busy < 0);
    }

    [Fact]
    public void Room_is_a_whole_FIFO_or_none()
    {
        PhysicalUart16550<Ports> uart = Start();
        Assert.Equal(16u, uart.TransmitRoom());
        for (byte i = 0; i < 16; i++)
            uart.Transmit(i);
        Assert.Equal(0u, uart.TransmitRoom());
        s_chip!.InFifo = 0;
        Assert.Equal(16u, uart.TransmitRoom());
        Assert.Equal(16, s_chip.Sent.Count);
    }

    [Fact]
    public void It_receives_and_asks_for_interrupts()
    {
        PhysicalUart16550<Ports> uart = Start();
        Assert.False(uart.TryReceive(out _));
        s_chip!.Received.Enqueue(65);
        Assert.True(uart.TryReceive(out byte value));
        Assert.Equal(65, value);
        uart.SetTransmitInterrupt(true);
        Assert.Equal(U.ERBFI | U.ETBEI, s_chip.Register[U.IER]);
        uart.SetTransmitInterrupt(false);
        Assert.Equal(U.ERBFI, s_chip.Register[U.IER]);
    }
}

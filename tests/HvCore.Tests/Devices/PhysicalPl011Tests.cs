using System;
using System.Collections.Generic;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Xunit;

namespace Bulkhead.Tests.Core;

public class PhysicalPl011Tests
{
    private const ulong Base = 0x0900_0000;

    /// <summary>Registers of a PL011 that takes what is written and answers with what the test put there.</summary>
    private readonly struct Registers : IMmio
    {
        [ThreadStatic]
        private static Dictionary<ulong, uint>? s_value;

        public static Dictionary<ulong, uint> Value => s_value ??= [];

        public static uint Read32(HostPhys address) => Value.GetValueOrDefault(address.Value - Base);
        public static void Write32(HostPhys address, uint value) => Value[address.Value - Base] = value;
        public static byte Read8(HostPhys address) => throw new NotSupportedException();
        public static void Write8(HostPhys address, byte value) => throw new NotSupportedException();
    }

    [Theory]
    [InlineData(0x14u, 16u)]
    [InlineData(0x34u, 32u)]
    public void Knows_its_FIFO_and_its_interrupts(uint peripheralId2, uint depth)
    {
        Registers.Value.Clear();
        Registers.Value[Pl011.UARTPeriphID2] = peripheralId2;
        PhysicalPl011<Registers> uart = default;
        uart.Initialize(new(Base));
        Assert.Equal(0x301u, Registers.Value[Pl011.UARTCR]);
        Assert.Equal(0x70u, Registers.Value[Pl011.UARTLCR_H]);
        Assert.Equal(Pl011.RX | Pl011.RT, Registers.Value[Pl011.UARTIMSC]);
        Assert.Equal(0x12u, Registers.Value[Pl011.UARTIFLS]);

        Registers.Value[Pl011.UARTFR] = Pl011.TXFE;
        Assert.Equal(depth, uart.TransmitRoom());
        Registers.Value[Pl011.UARTFR] = 0;
        Assert.Equal(1u, uart.TransmitRoom());
        Registers.Value[Pl011.UARTFR] = Pl011.TXFF;
        Assert.Equal(0u, uart.TransmitRoom());

        uart.SetTransmitInterrupt(true);
        Assert.Equal(Pl011.RX | Pl011.RT | Pl011.TX, Registers.Value[Pl011.UARTIMSC]);
        uart.SetTransmitInterrupt(false);
        Assert.Equal(Pl011.RX | Pl011.RT, Registers.Value[Pl011.UARTIMSC]);

        uart.Transmit((byte)'a');
        Assert.Equal((uint)'a', Registers.Value[Pl011.UARTDR]);
        Assert.True(uart.TryReceive(out byte value));
        Assert.Equal((byte)'a', value);
        Registers.Value[Pl011.UARTFR] = Pl011.RXFE;
        Assert.False(uart.TryReceive(out _));
    }
}

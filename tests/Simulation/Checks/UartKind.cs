using System;
using Bulkhead.Devices;

namespace Bulkhead.Simulation.Checks;

/// <summary>What a guest does to its UART so that it is interrupted for each byte, and how it reads one.</summary>
/// <param name="Name">For messages.</param>
/// <param name="SetUp">Registers and what is written to them.</param>
/// <param name="Flags">The register that says whether there is a byte.</param>
/// <param name="HasByte">By its value.</param>
/// <param name="Data">The register that a byte is read from.</param>
internal sealed record UartKind(string Name, (uint Register, uint Value)[] SetUp, uint Flags, Func<uint, bool> HasByte, uint Data)
{
    public static UartKind Pl011(Dice dice) => new("PL011",
        [(Devices.Pl011.UARTLCR_H, (uint)dice.Next(2) * Devices.Pl011.FEN), (Devices.Pl011.UARTIFLS, 0), (Devices.Pl011.UARTIMSC, Devices.Pl011.RX | Devices.Pl011.RT)],
        Devices.Pl011.UARTFR, flags => (flags & Devices.Pl011.RXFE) == 0, Devices.Pl011.UARTDR);

    public static UartKind Uart16550(Dice dice) => new("16550",
        [(Devices.Uart16550.FCR, (uint)dice.Next(2) * Devices.Uart16550.FifoEnable), (Devices.Uart16550.MCR, Devices.Uart16550.OUT2), (Devices.Uart16550.IER, Devices.Uart16550.ERBFI)],
        Devices.Uart16550.LSR, flags => (flags & Devices.Uart16550.DR) != 0, Devices.Uart16550.RBR);
}

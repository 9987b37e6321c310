namespace Bulkhead.Devices;

/// <summary>The PL011's registers and bits, under the names of its manual (ARM DDI 0183G, chapter 3).</summary>
public static class Pl011
{
    // 3.2, offsets
    public const uint UARTDR = 0x000;
    public const uint UARTRSR = 0x004;
    public const uint UARTFR = 0x018;
    public const uint UARTILPR = 0x020;
    public const uint UARTIBRD = 0x024;
    public const uint UARTFBRD = 0x028;
    public const uint UARTLCR_H = 0x02c;
    public const uint UARTCR = 0x030;
    public const uint UARTIFLS = 0x034;
    public const uint UARTIMSC = 0x038;
    public const uint UARTRIS = 0x03c;
    public const uint UARTMIS = 0x040;
    public const uint UARTICR = 0x044;
    public const uint UARTDMACR = 0x048;
    public const uint UARTPeriphID0 = 0xfe0;
    public const uint UARTPeriphID2 = 0xfe8;

    // 3.3.1, UARTDR
    public const uint DataOE = 1 << 11;

    // 3.3.2, UARTRSR
    public const uint StatusOE = 1 << 3;

    // 3.3.3, UARTFR
    public const uint CTS = 1 << 0;
    public const uint DSR = 1 << 1;
    public const uint DCD = 1 << 2;
    public const uint BUSY = 1 << 3;
    public const uint RXFE = 1 << 4;
    public const uint TXFF = 1 << 5;
    public const uint RXFF = 1 << 6;
    public const uint TXFE = 1 << 7;

    // 3.3.7, UARTLCR_H
    public const uint FEN = 1 << 4;
    public const uint WLEN8 = 3 << 5;

    // 3.3.8, UARTCR
    public const uint UARTEN = 1 << 0;
    public const uint TXE = 1 << 8;
    public const uint RXE = 1 << 9;

    // 3.3.10 to 3.3.13, the interrupts
    public const uint RX = 1 << 4;
    public const uint TX = 1 << 5;
    public const uint RT = 1 << 6;
    public const uint OE = 1 << 10;
    public const uint AllInterrupts = 0x7ff;

    /// <summary>FIFO depth from r1p5 on, and before (1.1, 3.3.15: UARTPeriphID2's revision is 3 from r1p5 on).</summary>
    public const uint FifoDepth = 32;
    public const uint OldFifoDepth = 16;
}

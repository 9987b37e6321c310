namespace Bulkhead.Devices;

/// <summary>The 16550A's registers and bits, under the names of its data sheet (National PC16550D, 8.0).</summary>
public static class Uart16550
{
    public const uint RegisterCount = 8;

    // Offsets; the first two are the divisor latch while LCR.DLAB is set.
    public const uint RBR = 0;
    public const uint THR = 0;
    public const uint DLL = 0;
    public const uint IER = 1;
    public const uint DLM = 1;
    public const uint IIR = 2;
    public const uint FCR = 2;
    public const uint LCR = 3;
    public const uint MCR = 4;
    public const uint LSR = 5;
    public const uint MSR = 6;
    public const uint SCR = 7;

    // 8.8, IER
    public const uint ERBFI = 1 << 0;
    public const uint ETBEI = 1 << 1;
    public const uint ELSI = 1 << 2;
    public const uint EDSSI = 1 << 3;

    // 8.5, IIR
    public const uint NoInterrupt = 1;
    public const uint TransmitterEmpty = 2;
    public const uint ReceivedData = 4;
    public const uint LineStatus = 6;
    public const uint CharacterTimeout = 12;
    public const uint FifosEnabled = 0xc0;

    // 8.4, FCR
    public const uint FifoEnable = 1 << 0;
    public const uint ResetReceiveFifo = 1 << 1;
    public const uint ResetTransmitFifo = 1 << 2;
    public const uint ReceiveTriggerHalf = 2 << 6;

    // 8.1, LCR
    public const uint EightBits = 3;
    public const uint DLAB = 1 << 7;

    // 8.6, MCR
    public const uint DTR = 1 << 0;
    public const uint RTS = 1 << 1;
    public const uint OUT2 = 1 << 3;
    public const uint LOOP = 1 << 4;

    // 8.3, LSR
    public const uint DR = 1 << 0;
    public const uint OE = 1 << 1;
    public const uint THRE = 1 << 5;
    public const uint TEMT = 1 << 6;

    // 8.7, MSR
    public const uint CTS = 1 << 4;
    public const uint DSR = 1 << 5;
    public const uint DCD = 1 << 7;

    public const uint FifoDepth = 16;

    /// <summary>The FIFO level of the received data interrupt (8.4): 1, 4, 8 or 14 bytes.</summary>
    public static uint ReceiveTrigger(uint fcr) => (fcr >> 6) switch { 0 => 1, 1 => 4, 2 => 8, _ => 14 };
}

namespace Bulkhead.Devices;

/// <summary>The board's 16550A behind I/O ports (National PC16550D): 8N1 with FIFOs, 115200 baud.</summary>
public struct PhysicalUart16550<TPorts> : IUart where TPorts : struct, IPortIo
{
    private ushort _base;
    private byte _ier;

    /// <summary>
    /// FIFOs on, the receive interrupt at half with the timeout. OUT2 is what lets a PC's UART interrupt at all. The
    /// transmit interrupt stays off until asked for.
    /// </summary>
    public void Initialize(ushort port)
    {
        _base = port;
        _ier = (byte)Uart16550.ERBFI;
        // Bytes already on their way are firmware's; let them finish.
        for (int patience = 100_000; patience > 0 && (In(Uart16550.LSR) & Uart16550.TEMT) == 0; patience--)
        {
        }
        // 8.3: the divisor of the PC's 1.8432 MHz.
        Out(Uart16550.LCR, Uart16550.EightBits | Uart16550.DLAB);
        Out(Uart16550.DLL, 1);
        Out(Uart16550.DLM, 0);
        Out(Uart16550.LCR, Uart16550.EightBits);
        Out(Uart16550.IER, 0);
        Out(Uart16550.FCR, Uart16550.FifoEnable | Uart16550.ResetReceiveFifo | Uart16550.ResetTransmitFifo | Uart16550.ReceiveTriggerHalf);
        Out(Uart16550.MCR, Uart16550.DTR | Uart16550.RTS | Uart16550.OUT2);
        // Reading ends what was pending from before.
        _ = In(Uart16550.LSR);
        _ = In(Uart16550.MSR);
        _ = In(Uart16550.IIR);
        Out(Uart16550.IER, _ier);
    }

    /// <summary>
    /// Ends the interrupt and returns whether one was pending: the line of an ISA UART is an edge, so its handler
    /// serves and asks again until there is none.
    /// </summary>
    public readonly bool Acknowledge() => (In(Uart16550.IIR) & Uart16550.NoInterrupt) == 0;

    /// <summary>A 16550 tells of an empty FIFO, not of a single free byte.</summary>
    public readonly uint TransmitRoom() => (In(Uart16550.LSR) & Uart16550.THRE) != 0 ? Uart16550.FifoDepth : 0;

    public readonly void Transmit(byte value) => Out(Uart16550.THR, value);

    public readonly bool TryReceive(out byte value)
    {
        value = 0;
        if ((In(Uart16550.LSR) & Uart16550.DR) == 0)
            return false;
        value = (byte)In(Uart16550.RBR);
        return true;
    }

    /// <summary>Turned on while the FIFO is empty it interrupts at once (8.8).</summary>
    public void SetTransmitInterrupt(bool enabled)
    {
        _ier = (byte)(enabled ? _ier | Uart16550.ETBEI : _ier & ~Uart16550.ETBEI);
        Out(Uart16550.IER, _ier);
    }

    private readonly uint In(uint register) => TPorts.In8((ushort)(_base + register));

    private readonly void Out(uint register, uint value) => TPorts.Out8((ushort)(_base + register), (byte)value);
}

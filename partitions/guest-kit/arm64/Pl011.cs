namespace Bulkhead.Guests;

/// <summary>A PL011 (DDI 0183): polled transmit, receive by interrupt or poll.</summary>
internal readonly struct Pl011(ulong registers)
{
    private const uint Dr = 0x00, Fr = 0x18, LcrH = 0x2c, Cr = 0x30, Imsc = 0x38, Icr = 0x44;
    private const uint FrReceiveEmpty = 1 << 4, FrTransmitFull = 1 << 5;
    private const uint LcrEightBitsFifo = 0x70;
    private const uint CrEnableBoth = 0x301;
    private const uint InterruptReceive = 1 << 4, InterruptReceiveTimeout = 1 << 6;

    public ulong FlagRegister => registers + Fr;

    public void Enable()
    {
        Device.Write32(registers + Imsc, 0);
        Device.Write32(registers + LcrH, LcrEightBitsFifo);
        Device.Write32(registers + Cr, CrEnableBoth);
    }

    /// <summary>Both are needed: the level says the FIFO fills, the timeout that less than the level waits in it (2.8).</summary>
    public void EnableReceiveInterrupt() => Device.Write32(registers + Imsc, InterruptReceive | InterruptReceiveTimeout);

    public void ClearInterrupts() => Device.Write32(registers + Icr, 0x7ff);

    /// <summary>False when the FIFO has no room.</summary>
    public bool TryWrite(byte value)
    {
        if ((Device.Read32(registers + Fr) & FrTransmitFull) != 0)
            return false;
        Device.Write32(registers + Dr, value);
        return true;
    }

    public void Write(byte value)
    {
        while (!TryWrite(value))
            Cpu.Yield();
    }

    public bool TryRead(out byte value)
    {
        value = 0;
        if ((Device.Read32(registers + Fr) & FrReceiveEmpty) != 0)
            return false;
        value = (byte)Device.Read32(registers + Dr);
        return true;
    }
}

namespace Bulkhead.Guests;

/// <summary>A 16550A (National PC16550D), polled.</summary>
internal readonly struct Uart16550(ulong port)
{
    private const uint Data = 0, InterruptEnable = 1, FifoControl = 2, LineControl = 3, LineStatus = 5;
    private const byte FifosOn = 7, EightBits = 3;
    private const uint DataReady = 1, TransmitterEmpty = 1 << 5;

    private readonly uint _port = (uint)port;

    public void Enable()
    {
        Device.Out8(_port + InterruptEnable, 0);
        Device.Out8(_port + LineControl, EightBits);
        Device.Out8(_port + FifoControl, FifosOn);
    }

    /// <summary>False when the FIFO has no room.</summary>
    public bool TryWrite(byte value)
    {
        if ((Device.In8(_port + LineStatus) & TransmitterEmpty) == 0)
            return false;
        Device.Out8(_port + Data, value);
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
        if ((Device.In8(_port + LineStatus) & DataReady) == 0)
            return false;
        value = Device.In8(_port + Data);
        return true;
    }
}

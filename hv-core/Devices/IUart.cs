namespace Bulkhead.Devices;

/// <summary>The board's serial line as the console multiplexer uses it. Nothing here waits.</summary>
public interface IUart
{
    /// <summary>How many bytes can be sent now without asking again; 0 when there is no room.</summary>
    uint TransmitRoom();

    /// <summary>Sends a byte; there is room for it.</summary>
    void Transmit(byte value);

    bool TryReceive(out byte value);

    /// <summary>Whether the UART interrupts while its transmitter has room.</summary>
    void SetTransmitInterrupt(bool enabled);
}

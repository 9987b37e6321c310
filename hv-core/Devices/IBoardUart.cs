namespace Bulkhead.Devices;

/// <summary>The board's one serial line, as <see cref="IUart"/> has it.</summary>
public interface IBoardUart
{
    static abstract uint TransmitRoom();
    static abstract void Transmit(byte value);
    static abstract bool TryReceive(out byte value);
    static abstract void SetTransmitInterrupt(bool enabled);
}

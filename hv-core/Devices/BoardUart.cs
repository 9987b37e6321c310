namespace Bulkhead.Devices;

/// <summary>An architecture's serial line for the console multiplexer.</summary>
public struct BoardUart<TArch> : IUart where TArch : struct, IBoardUart
{
    public readonly uint TransmitRoom() => TArch.TransmitRoom();

    public readonly void Transmit(byte value) => TArch.Transmit(value);

    public readonly bool TryReceive(out byte value) => TArch.TryReceive(out value);

    public readonly void SetTransmitInterrupt(bool enabled) => TArch.SetTransmitInterrupt(enabled);
}

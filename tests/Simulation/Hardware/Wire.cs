using System.Collections.Generic;

namespace Bulkhead.Simulation.Hardware;

/// <summary>The board's UART: a FIFO each way, and whoever is at the other end.</summary>
internal sealed class Wire
{
    public const int Depth = 16;

    public readonly Queue<byte> Incoming = [];
    public readonly List<byte> Sent = [];
    public int Waiting;
    public bool TransmitInterrupt;

    public bool HasKeys => Incoming.Count != 0;

    public uint Room => (uint)(Depth - Waiting);

    /// <summary>The level of its interrupt.</summary>
    public bool Line => Incoming.Count != 0 || TransmitInterrupt && Waiting <= Depth / 2;

    public void Transmit(byte value)
    {
        Waiting++;
        Sent.Add(value);
    }

    /// <summary>Bytes leave the FIFO.</summary>
    public void Carry(int bytes) => Waiting = System.Math.Max(0, Waiting - bytes);
}

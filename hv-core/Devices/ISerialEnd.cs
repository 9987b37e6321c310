using System;
using System.Diagnostics.CodeAnalysis;
using Bulkhead.Diagnostics;

namespace Bulkhead.Devices;

/// <summary>
/// What virtual UARTs are wired to: it takes the bytes that a UART sends, and has those that it receives. One end may
/// serve several UARTs; each says its number.
/// </summary>
public interface ISerialEnd
{
    /// <summary>What a UART has sent and the end has not yet taken.</summary>
    [UnscopedRef]
    ref TransmitRing Transmit(int port);

    /// <summary>What the end has for a UART: its receive FIFO.</summary>
    [UnscopedRef]
    ref ReceiveRing Receive(int port);

    /// <summary>
    /// Takes one byte. True while the ring has room for more than a UART's FIFO; when it has none, the byte is lost.
    /// </summary>
    bool Write(int port, byte value);

    /// <summary>Takes as many bytes as the ring has room for; returns how many.</summary>
    int Write(int port, ReadOnlySpan<byte> bytes);
}

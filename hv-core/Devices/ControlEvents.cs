using System;

namespace Bulkhead.Devices;

/// <summary>What a UART has to hear of what it is wired to.</summary>
[Flags]
public enum ControlEvents
{
    None = 0,
    /// <summary>Bytes came into the receive ring.</summary>
    Received = 1,
    /// <summary>The transmit ring has the room that was asked for.</summary>
    Space = 2,
}

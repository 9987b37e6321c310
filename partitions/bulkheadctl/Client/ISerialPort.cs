using System;

namespace Bulkhead.ControlTool;

/// <summary>A line to the update service.</summary>
public interface ISerialPort
{
    /// <summary>Sends all; waits for room. False when the line is gone.</summary>
    bool Send(ReadOnlySpan<byte> bytes);

    /// <summary>What has come, but waits for it no longer than that: how many bytes, 0 for none, below 0 when the line is gone.</summary>
    int Receive(Span<byte> room, int milliseconds);
}

using System;

namespace Bulkhead.ControlTool;

/// <summary>A mapped mailbox (docs/abi.md, the mailbox).</summary>
public interface IMailbox
{
    /// <param name="offset">In the buffer, a multiple of 8.</param>
    /// <param name="bytes">What goes there; up to 7 bytes behind it may become zero.</param>
    void Put(uint offset, ReadOnlySpan<byte> bytes);

    /// <param name="offset">In the buffer, a multiple of 8.</param>
    /// <param name="room">A multiple of 8.</param>
    void Get(uint offset, Span<byte> room);

    /// <summary>Has the command carried out; it is when this returns.</summary>
    /// <param name="data">Bytes that go with it.</param>
    void Ring(uint data);
}

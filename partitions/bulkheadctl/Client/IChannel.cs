using System;

namespace Bulkhead.ControlTool;

/// <summary>A way to the update service (docs/abi.md): commands there, in their order the lines of their answers back.</summary>
public interface IChannel
{
    /// <summary>Bytes of a bundle that one command takes at most.</summary>
    static abstract int MaxData { get; }

    /// <summary>Commands that may be under way.</summary>
    static abstract int MaxCommands { get; }

    /// <summary>What an earlier conversation left behind is over.</summary>
    bool Begin();

    /// <param name="command">Without a line's end.</param>
    bool Send(ReadOnlySpan<byte> command);

    bool SendData(ulong offset, ReadOnlySpan<byte> bytes);

    /// <summary>The next line of an answer, without its end; false when none comes.</summary>
    bool TryReceive(out ReadOnlySpan<byte> line);
}

using System;

namespace Bulkhead.ControlTool;

/// <summary>Who waits for an answer.</summary>
public interface IOutput
{
    /// <summary>A line of an answer.</summary>
    void Line(ReadOnlySpan<byte> line);

    /// <summary>How far something is.</summary>
    void Progress(ReadOnlySpan<byte> what, ulong done, ulong all);
}

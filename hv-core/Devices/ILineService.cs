using System;
using Bulkhead.Update;

namespace Bulkhead.Devices;

/// <summary>What obeys the lines of a control guest (docs/abi.md, the update service).</summary>
public interface ILineService
{
    /// <summary>Obeys one line, on the control guest's own CPU, and adds what it has to say.</summary>
    /// <param name="line">Without its end, never empty; one byte longer than <see cref="ControlLine.MaxLine"/> if its end was cut off.</param>
    /// <param name="data">What came with it; empty for most.</param>
    /// <param name="answer">Empty.</param>
    static abstract void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref ControlAnswer answer);
}

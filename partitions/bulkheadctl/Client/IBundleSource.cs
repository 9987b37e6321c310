using System;

namespace Bulkhead.ControlTool;

/// <summary>Where a bundle is read from.</summary>
public interface IBundleSource
{
    /// <summary>Reads from an offset as much as there is room for, less only at the bundle's end; below 0 when that cannot be read.</summary>
    int Read(ulong offset, Span<byte> room);
}

using System;

namespace Bulkhead.Memory;

/// <summary>How far a change of a range has come.</summary>
internal struct MapCursor(ulong input, HostPhys output, ulong bytes, MapAttributes attributes)
{
    /// <summary>None: nothing is to remain mapped.</summary>
    public readonly MapAttributes Attributes = attributes;

    private readonly ulong _end = input + bytes;

    public ulong Input { get; private set; } = input;

    /// <summary>Where <see cref="Input"/> is to lead.</summary>
    public HostPhys Output { get; private set; } = output;

    public readonly ulong Left => _end - Input;

    public readonly bool Unmaps => Attributes == MapAttributes.None;

    /// <summary>One entry of this size does what is left, or its next part.</summary>
    public readonly bool Fits(ulong size, bool hasBlocks) =>
        (Input & (size - 1)) == 0 && Left >= size && (Unmaps || hasBlocks && (Output.Value & (size - 1)) == 0);

    public void Advance(ulong bytes)
    {
        Input += bytes;
        Output += bytes;
    }

    /// <summary>To the next multiple of a size, or the end.</summary>
    public void AdvanceTo(ulong size) => Advance(Math.Min(Left, size - (Input & (size - 1))));
}

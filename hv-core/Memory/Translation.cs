namespace Bulkhead.Memory;

/// <summary>Where a table walk for one input address ended.</summary>
public readonly struct Translation(HostPhys output, ulong size, MapAttributes attributes)
{
    /// <summary>The output address, byte for byte; meaningless when nothing is mapped.</summary>
    public readonly HostPhys Output = output;

    /// <summary>Bytes the entry covers: the block's or, when nothing is mapped, the hole's.</summary>
    public readonly ulong Size = size;

    /// <summary>None when nothing is mapped.</summary>
    public readonly MapAttributes Attributes = attributes;

    public bool IsMapped => Attributes != MapAttributes.None;
}

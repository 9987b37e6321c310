namespace Bulkhead.Boot;

/// <summary>What is known of an open node: its own properties, and what its children need.</summary>
internal struct DeviceTreeLevel
{
    public DeviceTreeNode Kind;
    public byte AddressCells;
    public byte SizeCells;
    /// <summary>The children's addresses are the board's.</summary>
    public bool IsIdentity;
    public bool IsDisabled;
    public bool IsPl011;
    public bool IsGicV3;
    public uint IntId;
    /// <summary>Where in the structure block reg's value stands.</summary>
    public int RegOffset;
    public int RegSize;
}

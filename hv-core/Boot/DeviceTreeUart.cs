using Bulkhead.Memory;

namespace Bulkhead.Boot;

/// <summary>A PL011 of the device tree.</summary>
public struct DeviceTreeUart
{
    public HostPhys Base;
    /// <summary>0 if the tree names no interrupt, or none of the kind the board file could.</summary>
    public uint IntId;
}

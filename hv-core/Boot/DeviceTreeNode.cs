namespace Bulkhead.Boot;

/// <summary>The nodes that are known by their place and name.</summary>
internal enum DeviceTreeNode : byte
{
    Other,
    Root,
    Chosen,
    Cpus,
    Cpu,
    Memory,
}

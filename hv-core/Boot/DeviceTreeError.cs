namespace Bulkhead.Boot;

/// <summary>Why a flattened device tree is not read. Sections are those of the Devicetree Specification v0.4.</summary>
public enum DeviceTreeError
{
    None,
    /// <summary>No tree here: not even its magic (5.2).</summary>
    NoTree,
    /// <summary>The header contradicts itself or the bytes at hand (5.2).</summary>
    BadHeader,
    /// <summary>The structure block is not one (5.4).</summary>
    BadStructure,
    /// <summary>More levels than this reader follows.</summary>
    TooDeep,
}

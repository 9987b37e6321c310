namespace Bulkhead.Memory;

/// <summary>
/// A format of translation tables: 64-bit entries, an all-zero entry is invalid, tables of one page. Level 0 is the root.
/// A value, not only a type: what the CPU at hand can do (sizes, large pages) is part of it.
/// </summary>
public interface IPageTableFormat
{
    /// <summary>Bits of an input address. The root is one page: at most 9 bits are above ShiftOf(0).</summary>
    int InputBits { get; }

    int OutputBits { get; }

    /// <summary>The level whose entries are always leaves.</summary>
    int LastLevel { get; }

    /// <summary>Log2 of the bytes that an entry covers.</summary>
    int ShiftOf(int level);

    bool HasBlocks(int level);
    bool Allows(MapAttributes attributes);

    bool IsValid(ulong entry, int level);
    /// <summary>It is valid and points to the next table.</summary>
    bool IsTable(ulong entry, int level);
    ulong MakeTable(HostPhys table, int level);
    ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level);
    /// <summary>One of the 512 leaves, a level down, that together say what a block at this level says.</summary>
    ulong MakePart(ulong block, int level, uint part);
    /// <summary>The table a table entry points to, or the first byte a leaf maps.</summary>
    HostPhys AddressOf(ulong entry, int level);
    MapAttributes AttributesOf(ulong entry, int level);
}

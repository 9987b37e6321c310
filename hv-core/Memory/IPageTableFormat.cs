namespace Bulkhead.Memory;

/// <summary>
/// A format of translation tables: 64-bit entries, an all-zero entry is invalid, tables of one page. Level 0 is the root.
/// </summary>
public interface IPageTableFormat
{
    /// <summary>Bits of an input address. The root is one page: at most 9 bits are above ShiftOf(0).</summary>
    static abstract int InputBits { get; }

    static abstract int OutputBits { get; }

    /// <summary>The level whose entries are always leaves.</summary>
    static abstract int LastLevel { get; }

    /// <summary>Log2 of the bytes that an entry covers.</summary>
    static abstract int ShiftOf(int level);

    static abstract bool HasBlocks(int level);
    static abstract bool Allows(MapAttributes attributes);

    static abstract bool IsValid(ulong entry, int level);
    /// <summary>Of a valid entry: it points to the next table.</summary>
    static abstract bool IsTable(ulong entry, int level);
    static abstract ulong MakeTable(HostPhys table, int level);
    static abstract ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level);
    /// <summary>The table a table entry points to, or the first byte a leaf maps.</summary>
    static abstract HostPhys AddressOf(ulong entry, int level);
    static abstract MapAttributes AttributesOf(ulong entry, int level);
}

using Bulkhead.Memory;

namespace Bulkhead.Tests.Fake;

/// <summary>
/// Four levels, no blocks at the root, and every field of an entry moved up by its level: an entry read at the wrong
/// level is invalid or points elsewhere.
/// </summary>
public readonly struct FakeFormat : IPageTableFormat
{
    // Before the shift by level: valid, table, five attribute bits, then a marker, and the address from bit 12.
    private const ulong Valid = 1;
    private const ulong Table = 2;
    private const int Attributes = 2;
    private const ulong Marker = 1ul << 8;
    private const ulong LowBits = 0xfff;

    public int InputBits => 48;
    public int OutputBits => 52;
    public int LastLevel => 3;
    public int ShiftOf(int level) => 39 - 9 * level;
    public bool HasBlocks(int level) => level > 0;
    public bool Allows(MapAttributes attributes) => (attributes & MapAttributes.Read) != 0;

    public bool IsValid(ulong entry, int level) => (Plain(entry, level) & (Valid | Marker)) == (Valid | Marker);
    public bool IsTable(ulong entry, int level) => level != LastLevel && IsValid(entry, level) && (Plain(entry, level) & Table) != 0;
    public ulong MakeTable(HostPhys table, int level) => (table.Value | Valid | Table | Marker) << Shift(level);

    public ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level) =>
        (output.Value | (ulong)attributes << Attributes | Valid | Marker) << Shift(level);

    public ulong MakePart(ulong block, int level, uint part) =>
        MakeLeaf(AddressOf(block, level) + ((ulong)part << ShiftOf(level + 1)), AttributesOf(block, level), level + 1);

    public HostPhys AddressOf(ulong entry, int level) => new(Plain(entry, level) & ~LowBits);
    public MapAttributes AttributesOf(ulong entry, int level) => (MapAttributes)(Plain(entry, level) >> Attributes & 31);

    private static ulong Plain(ulong entry, int level) => entry >> Shift(level);

    private static int Shift(int level) => level + 1;
}

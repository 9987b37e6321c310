using Bulkhead.Memory;

namespace Bulkhead.X86.Memory;

/// <summary>
/// Tables of four levels of 512 entries: the hypervisor's own (long mode, SDM 3 4.5), a guest's nested ones (AMD-V,
/// APM 2 15.25) and extended ones (VT-x, SDM 3 28.3.2). They differ in what a leaf says, so one type, and one copy of
/// the walking code, serves all three. Five-level paging stays off (CR4.LA57 = 0, EPTP's walk length 4).
/// </summary>
public readonly struct FourLevelFormat : IPageTableFormat
{
    /// <summary>Of a long-mode entry P, of an extended one R: nothing here is mapped without being readable.</summary>
    private const ulong Valid = 1ul << 0;
    /// <summary>PS; bit 7 of an extended entry means the same.</summary>
    private const ulong Large = 1ul << 7;
    private const ulong AddressMask = (1ul << 52) - 1 & ~0xffful;
    private const int GibibyteLevel = 1;
    /// <summary>Where an entry covers 2 MiB.</summary>
    public const int MidLevel = 2;

    private readonly FourLevelKind _kind;
    private readonly byte _outputBits;
    private readonly byte _firstBlockLevel;

    private FourLevelFormat(FourLevelKind kind, PagingFeatures features, int firstBlockLevel)
    {
        _kind = kind;
        _outputBits = (byte)features.PhysicalBits;
        _firstBlockLevel = (byte)firstBlockLevel;
    }

    /// <summary>The hypervisor's, one to one: the lower half, for the upper one is its own and mapped by Boot/Entry.S. EFER.NXE is on.</summary>
    public static FourLevelFormat Host(PagingFeatures features) => new(FourLevelKind.Host, features, FirstBlockLevel(features));

    /// <summary>A guest's under AMD-V: a table of the long-mode format, walked as a user (APM 2 15.25.5), with EFER.NXE and PAT of the host.</summary>
    public static FourLevelFormat Npt(PagingFeatures features) => new(FourLevelKind.Nested, features, FirstBlockLevel(features));

    /// <summary>A guest's under VT-x.</summary>
    public static FourLevelFormat Ept(PagingFeatures features, EptCapabilities capabilities) => new(
        FourLevelKind.Extended, features,
        !capabilities.HasMidPages ? MidLevel + 1 : capabilities.HasGibibytePages ? GibibyteLevel : MidLevel);

    public int InputBits => _kind == FourLevelKind.Host ? 47 : 48;
    public int OutputBits => _outputBits;
    public int LastLevel => 3;

    public int ShiftOf(int level) => 39 - 9 * level;
    public bool HasBlocks(int level) => level >= _firstBlockLevel;

    /// <summary>The hypervisor has nothing that is both writable and executable.</summary>
    public bool Allows(MapAttributes attributes)
    {
        if ((attributes & MapAttributes.Read) == 0)
            return false;
        if ((attributes & MapAttributes.Device) != 0 && (attributes & (MapAttributes.Execute | MapAttributes.NonCacheable)) != 0)
            return false;
        const MapAttributes WriteExecute = MapAttributes.Write | MapAttributes.Execute;
        return _kind != FourLevelKind.Host || (attributes & WriteExecute) != WriteExecute;
    }

    public bool IsValid(ulong entry, int level) => (entry & Valid) != 0;
    public bool IsTable(ulong entry, int level) => level != LastLevel && (entry & (Large | Valid)) == Valid;

    /// <summary>Allows everything: the leaf decides.</summary>
    public ulong MakeTable(HostPhys table, int level) => table.Value | _kind switch
    {
        FourLevelKind.Host => LongModeLeaf.Table,
        FourLevelKind.Nested => LongModeLeaf.Table | LongModeLeaf.User,
        _ => EptLeaf.Table,
    };

    public ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level) => output.Value | (level != LastLevel ? Large : 0)
        | _kind switch
        {
            FourLevelKind.Host => LongModeLeaf.Encode(attributes),
            FourLevelKind.Nested => LongModeLeaf.Encode(attributes) | LongModeLeaf.User,
            _ => EptLeaf.Encode(attributes),
        };

    public ulong MakePart(ulong block, int level, uint part) =>
        block + ((ulong)part << ShiftOf(level + 1)) & ~(level + 1 == LastLevel ? Large : 0);

    public HostPhys AddressOf(ulong entry, int level) => new(entry & AddressMask);

    public MapAttributes AttributesOf(ulong entry, int level) =>
        _kind == FourLevelKind.Extended ? EptLeaf.Decode(entry) : LongModeLeaf.Decode(entry);

    private static int FirstBlockLevel(PagingFeatures features) => features.HasGibibytePages ? GibibyteLevel : MidLevel;
}

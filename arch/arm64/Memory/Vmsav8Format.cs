using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>
/// VMSAv8-64 tables, 4 KiB granule, start level 1 (DDI 0487 D8.2.8, D8.3.1), of either regime that EL2 keeps. Level 0
/// here is the architecture's level 1. One type for both regimes, so that one copy of the walking code serves them.
/// </summary>
public readonly struct Vmsav8Format : IPageTableFormat
{
    /// <summary>Bits of an EL2 virtual address, and the most that a guest physical one has.</summary>
    public const int MostInputBits = 39;

    public const ulong InnerShareable = 3ul << 8;
    /// <summary>XN; of stage 2 it is XN[1], neither EL1 nor EL0 execute (D8.4.2).</summary>
    public const ulong ExecuteNever = 1ul << 54;

    private const ulong Valid = 1ul << 0;
    /// <summary>Bit 1: a table at levels 1 and 2, a page (not a block) at level 3.</summary>
    private const ulong TableOrPage = 1ul << 1;
    private const ulong AccessFlag = 1ul << 10;
    private const ulong AddressMask = (1ul << 48) - 1 & ~0xffful;

    private readonly bool _isStage2;
    private readonly byte _inputBits;
    private readonly byte _outputBits;

    private Vmsav8Format(bool isStage2, int inputBits, PhysicalAddressSize size)
    {
        _isStage2 = isStage2;
        _inputBits = (byte)inputBits;
        _outputBits = (byte)size.Bits;
    }

    /// <summary>The hypervisor's own tables: the EL2 regime with HCR_EL2.E2H = 0; addresses of so many bits, no more than MostInputBits.</summary>
    public static Vmsav8Format El2(PhysicalAddressSize size, int inputBits) => new(false, inputBits, size);

    /// <summary>A guest's.</summary>
    public static Vmsav8Format Stage2(PhysicalAddressSize size) => new(true, VtcrEl2.InputBits(size), size);

    public int InputBits => _inputBits;
    public int OutputBits => _outputBits;
    public int LastLevel => 2;

    public int ShiftOf(int level) => 30 - 9 * level;
    public bool HasBlocks(int level) => true;
    public bool Allows(MapAttributes attributes) => _isStage2 ? Stage2Leaf.Allows(attributes) : Stage1El2Leaf.Allows(attributes);

    /// <summary>Bit 0 alone: at level 3 a descriptor without bit 1 is reserved and this project makes none.</summary>
    public bool IsValid(ulong entry, int level) => (entry & Valid) != 0;

    public bool IsTable(ulong entry, int level) => (entry & (TableOrPage | Valid)) == (TableOrPage | Valid) && level != LastLevel;
    public ulong MakeTable(HostPhys table, int level) => table.Value | TableOrPage | Valid;

    public ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level) =>
        output.Value | (_isStage2 ? Stage2Leaf.Encode(attributes) : Stage1El2Leaf.Encode(attributes))
        | AccessFlag | Valid | (level == LastLevel ? TableOrPage : 0);

    public ulong MakePart(ulong block, int level, uint part) =>
        block + ((ulong)part << ShiftOf(level + 1)) | (level + 1 == LastLevel ? TableOrPage : 0);

    public HostPhys AddressOf(ulong entry, int level) => new(entry & AddressMask);

    public MapAttributes AttributesOf(ulong entry, int level) =>
        _isStage2 ? Stage2Leaf.Decode(entry) : Stage1El2Leaf.Decode(entry);
}

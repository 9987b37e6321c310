using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>
/// What stage 1 and stage 2 descriptors have in common: VMSAv8-64, 4 KiB granule, 39 bits of input, start level 1
/// (DDI 0487 D8.2.8, D8.3.1). Level 0 here is the architecture's level 1.
/// </summary>
internal static class Vmsav8
{
    public const int InputBits = 39;
    public const int OutputBits = 48;
    public const int LastLevel = 2;

    public const ulong Valid = 1ul << 0;
    /// <summary>Bit 1: a table at levels 1 and 2, a page (not a block) at level 3.</summary>
    public const ulong TableOrPage = 1ul << 1;
    public const ulong AccessFlag = 1ul << 10;
    public const ulong InnerShareable = 3ul << 8;
    /// <summary>XN; of stage 2 it is XN[1], neither EL1 nor EL0 execute (D8.4.2).</summary>
    public const ulong ExecuteNever = 1ul << 54;

    private const ulong AddressMask = (1ul << OutputBits) - 1 & ~0xffful;

    public static int ShiftOf(int level) => 30 - 9 * level;

    public static bool IsTable(ulong entry, int level) => (entry & TableOrPage) != 0 && level != LastLevel;

    /// <summary>Bit 0 alone: at level 3 a descriptor without bit 1 is reserved and this project makes none.</summary>
    public static bool IsValid(ulong entry) => (entry & Valid) != 0;

    public static ulong MakeTable(HostPhys table) => table.Value | TableOrPage | Valid;

    public static ulong MakeLeaf(HostPhys output, ulong attributes, int level) =>
        output.Value | attributes | AccessFlag | Valid | (level == LastLevel ? TableOrPage : 0);

    public static HostPhys AddressOf(ulong entry) => new(entry & AddressMask);
}

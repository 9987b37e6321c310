namespace Bulkhead.BuildGates;

public readonly record struct ElfSection(int Index, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link)
{
    private const uint NoBits = 8;
    private const ulong Alloc = 2, ExecInstr = 4;

    public bool IsCode => (Flags & (Alloc | ExecInstr)) == (Alloc | ExecInstr) && Type != NoBits;
}

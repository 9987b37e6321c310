namespace Bulkhead.BuildGates;

public readonly record struct ElfSegment(uint Type, uint Flags, ulong Address, ulong Size)
{
    private const uint Load = 1, Execute = 1, Write = 2;

    public bool IsWritableCode => Type == Load && Size != 0 && (Flags & (Execute | Write)) == (Execute | Write);
}

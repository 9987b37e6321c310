namespace Bulkhead.BuildGates;

/// <summary>A symbol; Section 0 is undefined.</summary>
public readonly record struct ElfSymbol(string Name, ulong Value, ulong Size, int Type, int Section)
{
    private const int Func = 2;

    public bool IsUndefined => Section == 0;

    public bool IsFunction => Type == Func && !IsUndefined;

    /// <summary>$x and $d (ELF for the Arm 64-bit Architecture, 5.5.4): code and data begin here.</summary>
    public bool IsCodeMark => IsMark && Name[1] == 'x';

    public bool IsMark => Name.Length >= 2 && Name[0] == '$' && Name[1] is 'x' or 'd' && (Name.Length == 2 || Name[2] == '.');
}

namespace Bulkhead.BuildGates;

/// <summary>Instructions under one symbol.</summary>
/// <param name="IsManaged">ilc compiled it from C#; false: assembly.</param>
public readonly record struct CodeRange(string Symbol, ulong SymbolStart, ulong Start, ulong End, bool IsManaged)
{
    public string Name(ulong address) => $"{Symbol}+0x{address - SymbolStart:x} (0x{address:x})";
}

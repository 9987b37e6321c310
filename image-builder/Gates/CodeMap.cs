namespace Bulkhead.BuildGates;

/// <summary>
/// Which bytes of a section are instructions, and under which symbol: C# by its functions' sizes, assembly by its
/// mapping symbols, so that literals and constants beside the code are not taken for it.
/// </summary>
public static class CodeMap
{
    public static IReadOnlyList<CodeRange> Of(ElfFile elf, ElfSection section, IReadOnlySet<string> managed)
    {
        ElfSymbol[] symbols = [.. elf.Symbols.Where(symbol => symbol.Section == section.Index).OrderBy(symbol => symbol.Value)];
        ulong end = section.Address + section.Size;
        List<CodeRange> ranges = [];
        foreach (ElfSymbol function in symbols.Where(symbol => symbol.IsFunction && managed.Contains(symbol.Name)))
            ranges.Add(new CodeRange(function.Name, function.Value, function.Value, function.Value + function.Size, true));
        ulong[] ends = [.. symbols.Where(symbol => symbol.IsMark || managed.Contains(symbol.Name)).Select(symbol => symbol.Value), end];
        foreach (ElfSymbol mark in symbols.Where(symbol => symbol.IsCodeMark))
        {
            ulong stop = ends.FirstOrDefault(address => address > mark.Value, end);
            Split(ranges, symbols, mark.Value, stop);
        }
        return ranges;
    }

    /// <summary>
    /// The same without mapping symbols, which x86 has not: each symbol's bytes reach to the next one, and every section
    /// of code is code throughout.
    /// </summary>
    public static IReadOnlyList<CodeRange> OfSymbols(ElfFile elf, ElfSection section, IReadOnlySet<string> managed)
    {
        ElfSymbol[] symbols = [.. elf.Symbols
            .Where(symbol => symbol.Section == section.Index && symbol.Name.Length != 0)
            .GroupBy(symbol => symbol.Value)
            .Select(names => names.OrderByDescending(symbol => managed.Contains(symbol.Name)).First())
            .OrderBy(symbol => symbol.Value)];
        List<CodeRange> ranges = [];
        ulong at = section.Address, end = section.Address + section.Size;
        for (int i = 0; i < symbols.Length; i++)
        {
            ElfSymbol symbol = symbols[i];
            Add("?", at, symbol.Value, false);
            at = i + 1 < symbols.Length ? Math.Min(symbols[i + 1].Value, end) : end;
            bool isManaged = managed.Contains(symbol.Name);
            if (isManaged)
                at = Math.Min(at, symbol.Value + symbol.Size);
            Add(symbol.Name, symbol.Value, at, isManaged);
        }
        Add("?", at, end, false);
        return ranges;

        void Add(string name, ulong start, ulong stop, bool isManaged)
        {
            if (start < stop)
                ranges.Add(new CodeRange(name, start, start, stop, isManaged));
        }
    }

    private static void Split(List<CodeRange> ranges, ElfSymbol[] symbols, ulong start, ulong stop)
    {
        ElfSymbol[] names = [.. symbols.Where(symbol => !symbol.IsMark && symbol.Name.Length != 0 && symbol.Value < stop)];
        while (start < stop)
        {
            ElfSymbol name = names.LastOrDefault(symbol => symbol.Value <= start);
            ulong next = Math.Min(stop, names.Select(symbol => symbol.Value).FirstOrDefault(value => value > start, stop));
            ranges.Add(new CodeRange(name.Name ?? "?", name.Value, start, next, false));
            start = next;
        }
    }
}

namespace Bulkhead.BuildGates;

/// <summary>All gates over one linked file and the object it came from.</summary>
public static class Gates
{
    public static IReadOnlyList<Finding> Run(GateOptions options)
    {
        ElfFile elf = ElfFile.Open(options.Elf, options.Machine), ilc = ElfFile.Open(options.Object, options.Machine);
        return
        [
            .. StaticConstructors(ilc),
            .. Undefined(ilc, new AllowedSymbols(File.ReadLines(options.AllowUndefined)), options.AllowUndefined),
            .. options.AllowWritableCode ? [] : WritableCode(elf),
            .. options.Machine == ElfMachine.X64
                ? CodeX64(elf, ilc, options.AssemblyRules is { } rules ? new AssemblyRules(File.ReadLines(rules)) : null, options.AllowVector)
                : Code(elf, ilc, options.AllowVector),
        ];
    }

    /// <summary>A constructor that ilc could not run itself: nobody will, and every static of that class stays zero.</summary>
    public static IEnumerable<Finding> StaticConstructors(ElfFile ilc) => ilc.Symbols
        .Where(symbol => symbol.Name.Contains("___cctor", StringComparison.Ordinal) || symbol.Name.Contains("__EagerCctor", StringComparison.Ordinal))
        .Select(symbol => new Finding(Finding.StaticConstructor,
            $"{symbol.Name}: a static constructor that nobody runs; initialise with constants only (ilc --verbose names the reason)"));

    public static IEnumerable<Finding> Undefined(ElfFile ilc, AllowedSymbols allowed, string file) => ilc.Symbols
        .Where(symbol => symbol.IsUndefined && symbol.Name.Length != 0 && !allowed.Contains(symbol.Name))
        .Select(symbol => new Finding(Finding.Undefined,
            $"{symbol.Name}: C# needs this symbol and {Path.GetFileName(file)} does not list it: a helper the compiler expects, or a new assembly routine"));

    public static IEnumerable<Finding> WritableCode(ElfFile elf) => elf.Segments
        .Where(segment => segment.IsWritableCode)
        .Select(segment => new Finding(Finding.WritableCode, $"the segment at 0x{segment.Address:x} is writable and executable"));

    public static IEnumerable<Finding> Code(ElfFile elf, ElfFile ilc, IReadOnlySet<string> allowVector) =>
        Code(elf, ilc, CodeMap.Of, (range, code) => CodeGate.Check(range, code, allowVector));

    public static IEnumerable<Finding> CodeX64(ElfFile elf, ElfFile ilc, AssemblyRules? rules, IReadOnlySet<string> allowVector) =>
    [
        .. Code(elf, ilc, CodeMap.OfSymbols, (range, code) => X86Gate.Check(range, code, rules, allowVector)),
        .. (rules?.Unused() ?? []).Select(rule => new Finding(Finding.UnusedRule,
            $"the assembly rules allow '{rule.Word}' in {rule.Symbol}, which does not use it")),
    ];

    private static List<Finding> Code(
        ElfFile elf, ElfFile ilc, Func<ElfFile, ElfSection, IReadOnlySet<string>, IReadOnlyList<CodeRange>> map,
        Func<CodeRange, byte[], IEnumerable<Finding>> check)
    {
        HashSet<string> managed = [.. ilc.Symbols.Where(symbol => symbol.IsFunction).Select(symbol => symbol.Name)];
        List<Finding> findings = [];
        bool any = false;
        foreach (ElfSection section in elf.Sections.Where(section => section.IsCode))
        {
            byte[] content = elf.Content(section);
            foreach (CodeRange range in map(elf, section, managed))
            {
                any |= range.IsManaged;
                findings.AddRange(check(range, content[(int)(range.Start - section.Address)..(int)(range.End - section.Address)]));
            }
        }
        if (!any)
            findings.Add(new Finding(Finding.NotCode, "no compiled C# was found in the linked file: was it stripped?"));
        return findings;
    }
}

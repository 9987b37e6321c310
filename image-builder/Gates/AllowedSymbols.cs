namespace Bulkhead.BuildGates;

/// <summary>A list of names, one a line; a name may end in *, and # begins a comment.</summary>
public sealed class AllowedSymbols
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _prefixes = [];

    public AllowedSymbols(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string name = line.Split('#')[0].Trim();
            if (name.EndsWith('*'))
                _prefixes.Add(name[..^1]);
            else if (name.Length != 0)
                _names.Add(name);
        }
    }

    public bool Contains(string name) =>
        _names.Contains(name) || _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}

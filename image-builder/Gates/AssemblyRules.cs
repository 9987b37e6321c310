namespace Bulkhead.BuildGates;

/// <summary>
/// What each assembly routine of an x86-64 binary may do, one a line: the symbol, then the restricted instructions by
/// their mnemonics (a control or debug register by its own name), "vector" where it may touch any vector register,
/// "code32" where it is 32-bit code. # begins a comment.
/// </summary>
public sealed class AssemblyRules
{
    public const string Vector = "vector", Code32 = "code32";

    private readonly Dictionary<string, HashSet<string>> _allowed = new(StringComparer.Ordinal);
    private readonly HashSet<(string Symbol, string Word)> _used = [];

    public AssemblyRules(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length != 0)
                _allowed[words[0]] = [.. words[1..]];
        }
    }

    public bool Allow(string symbol, string word) =>
        _allowed.TryGetValue(symbol, out HashSet<string>? words) && words.Contains(word) && (_used.Add((symbol, word)) || true);

    /// <summary>Lines that nothing needed: a list that is longer than the code is no list.</summary>
    public IEnumerable<(string Symbol, string Word)> Unused() =>
        from rule in _allowed from word in rule.Value where !_used.Contains((rule.Key, word)) select (rule.Key, word);
}

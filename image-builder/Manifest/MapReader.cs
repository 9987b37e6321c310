using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>One mapping on its way to typed values: reports unknown and missing keys once, then hands out the rest.</summary>
internal sealed class MapReader
{
    private readonly Dictionary<string, ManifestEntry> _entries;
    private readonly string _what;

    private MapReader(ManifestMap map, SourceSpan owner, string what, DiagnosticBag diagnostics)
    {
        _entries = map.Entries.ToDictionary(e => e.Key.Text, StringComparer.Ordinal);
        _what = what;
        Owner = owner;
        Diagnostics = diagnostics;
    }

    /// <summary>Where the mapping's name stands: the place to say that something is missing in it.</summary>
    public SourceSpan Owner { get; }

    public DiagnosticBag Diagnostics { get; }

    /// <param name="what">What a message calls the mapping, e.g. `guest app`.</param>
    public static MapReader? Open(ManifestNode node, SourceSpan owner, string what, KeySet keys, DiagnosticBag diagnostics)
    {
        if (AsMap(node, what, diagnostics) is not { } map)
            return null;
        foreach (ManifestEntry entry in map.Entries.Where(e => !keys.All.Contains(e.Key.Text)))
        {
            string help = Nearest.DidYouMean(entry.Key.Text, keys.All) ?? "possible keys: " + string.Join(", ", keys.All);
            diagnostics.Add(SyntaxDiagnostics.UnknownKey, entry.Key.Span, $"{what} has no key `{entry.Key.Text}`", help);
        }
        MapReader reader = new(map, owner, what, diagnostics);
        foreach (string key in keys.Required.Where(k => !reader._entries.ContainsKey(k)))
            diagnostics.Add(SyntaxDiagnostics.MissingKey, owner, $"{what} lacks the key `{key}`");
        return reader;
    }

    public static ManifestMap? AsMap(ManifestNode node, string what, DiagnosticBag diagnostics)
    {
        switch (node)
        {
            case ManifestMap map:
                return map;
            case ManifestScalar { IsEmpty: true }:
                diagnostics.Add(SyntaxDiagnostics.NoValue, node.Span, $"{what} has no value");
                return null;
            case ManifestScalar or ManifestList:
                diagnostics.Add(SyntaxDiagnostics.WrongShape, node.Span, $"{what} must be a mapping of keys and values");
                return null;
            default:
                return null;
        }
    }

    public ManifestNode? Node(string key) => _entries.GetValueOrDefault(key)?.Value;

    public ManifestScalar? Key(string key) => _entries.GetValueOrDefault(key)?.Key;

    public bool Has(string key) => _entries.ContainsKey(key);

    public Located<string>? Text(string key) => Node(key) is { } node ? ScalarReader.Text(node, Call(key), Diagnostics) : null;

    public Located<string>? Name(string key) => Node(key) is { } node ? ScalarReader.Name(node, $"the {key} name", Diagnostics) : null;

    public Located<bool>? Boolean(string key) => Node(key) is { } node ? ScalarReader.Boolean(node, Call(key), Diagnostics) : null;

    public Located<string>? Choice(string key, params string[] choices) =>
        Node(key) is { } node ? ScalarReader.Choice(node, Call(key), choices, Diagnostics) : null;

    public Located<ulong>? Number(string key, ulong min, ulong max) =>
        Node(key) is { } node ? ScalarReader.Number(node, Call(key), min, max, Diagnostics) : null;

    public Located<ulong>? Address(string key, ulong end) => Node(key) is { } node ? ScalarReader.Address(node, Call(key), end, Diagnostics) : null;

    public Located<ulong>? Size(string key) => Node(key) is { } node ? ScalarReader.Size(node, Call(key), Diagnostics) : null;

    /// <summary>The items of a list; null when the key is absent or no list.</summary>
    public IReadOnlyList<ManifestNode>? List(string key)
    {
        switch (Node(key))
        {
            case ManifestList list:
                return list.Items;
            case ManifestScalar { IsEmpty: true } empty:
                Diagnostics.Add(SyntaxDiagnostics.NoValue, empty.Span, $"{Call(key)} has no value", "an empty list is written []");
                return null;
            case ManifestScalar scalar:
                Diagnostics.Add(SyntaxDiagnostics.WrongShape, scalar.Span, $"{Call(key)} must be a list", $"did you mean `[{scalar.Text}]`?");
                return null;
            case ManifestMap map:
                Diagnostics.Add(SyntaxDiagnostics.WrongShape, map.Span, $"{Call(key)} must be a list, not a mapping");
                return null;
            default:
                return null;
        }
    }

    /// <summary>Every item read; those that were refused are left out.</summary>
    public IReadOnlyList<Located<T>>? List<T>(string key, Func<ManifestNode, Located<T>?> read) =>
        List(key)?.Select(read).OfType<Located<T>>().ToArray();

    public MapReader? Map(string key, KeySet keys) =>
        Node(key) is { } node ? Open(node, Key(key)!.Span, Call(key), keys, Diagnostics) : null;

    /// <summary>`cpus` of `guest app`: what messages call a value.</summary>
    public string Call(string key) => $"`{key}` of {_what}";
}

using System.Collections.Generic;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>Millions of comparisons: text is made of those that fail only.</summary>
internal struct Differences
{
    private string? _text;

    public readonly bool Any => _text is not null;

    public override readonly string ToString() => _text ?? "none";

    public void Equal<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            _text += $"\n  {what}: expected {expected}, not {actual}";
    }

    public void Equal(string what, int expected, byte actual) => Equal<int>(what, expected, actual);

    public void True(string what, bool actual) => Equal(what, true, actual);
}

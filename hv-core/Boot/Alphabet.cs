namespace Bulkhead.Boot;

/// <summary>The three alphabets of RFC 1951: 3.2.5 for the first two, 3.2.7 for the last.</summary>
internal enum Alphabet
{
    LiteralLength,
    Distance,
    CodeLengths,
}

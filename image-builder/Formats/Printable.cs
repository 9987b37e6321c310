namespace Bulkhead.ImageBuilder.Formats;

/// <summary>Text out of a file that may be damaged or hostile: its control characters must not reach a terminal.</summary>
public static class Printable
{
    public static string Text(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? '?' : c));
}

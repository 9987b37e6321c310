namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>A text file that diagnostics point into.</summary>
public sealed class SourceFile
{
    /// <summary>Manifests are written by hand; anything larger is a mistake (an image passed as a manifest, say).</summary>
    public const int MaxBytes = 1 << 20;

    private readonly string[] _lines;

    public SourceFile(string path, string text)
    {
        FullPath = Path.GetFullPath(path);
        DisplayPath = Shorten(FullPath);
        Text = text;
        _lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    public string FullPath { get; }

    /// <summary>Relative to the working directory when the file lies below it: what an editor's terminal makes clickable.</summary>
    public string DisplayPath { get; }

    public string Text { get; }

    public int LineCount => _lines.Length;

    /// <summary>The line with this number, counted from 1; empty beyond the end.</summary>
    public string Line(int number) => number >= 1 && number <= _lines.Length ? _lines[number - 1] : "";

    private static string Shorten(string fullPath)
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), fullPath);
        return relative.StartsWith("..", StringComparison.Ordinal) ? fullPath : relative;
    }
}

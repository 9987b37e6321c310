namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>
/// A stretch of one line. Line and column count from 1, as editors do; line 0 stands for the file as a whole.
/// </summary>
public readonly record struct SourceSpan(SourceFile File, int Line, int Column, int Length)
{
    public static SourceSpan WholeFile(SourceFile file) => new(file, 0, 0, 0);

    public override string ToString() => Line == 0 ? File.DisplayPath : $"{File.DisplayPath}:{Line}:{Column}";
}

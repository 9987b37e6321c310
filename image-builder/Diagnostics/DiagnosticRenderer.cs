using System.Globalization;

namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>Writes diagnostics for people: position, message, the source line and a caret under the value.</summary>
public sealed class DiagnosticRenderer(TextWriter output, bool colour)
{
    /// <summary>Longer source lines are shown as a window around the caret.</summary>
    private const int WindowWidth = 110;

    private const string Red = "\u001b[1;31m";
    private const string Yellow = "\u001b[1;33m";
    private const string Blue = "\u001b[1;34m";
    private const string Bold = "\u001b[1m";
    private const string Reset = "\u001b[0m";

    /// <summary>
    /// Everything, and a closing line with the counts and where to read more. Notes are for `check`; a build leaves them out.
    /// </summary>
    public void Write(DiagnosticBag bag, bool withNotes = true)
    {
        IReadOnlyList<Diagnostic> all = [.. bag.All.Where(d => withNotes || d.Severity != Severity.Note)];
        foreach (Diagnostic diagnostic in all)
        {
            Write(diagnostic);
            output.WriteLine();
        }
        Diagnostic? first = all.FirstOrDefault(d => d.Severity == Severity.Error) ?? all.FirstOrDefault();
        if (first is null || first.Severity == Severity.Note)
            return;
        output.WriteLine($"{Count(bag.ErrorCount, "error")}, {Count(bag.WarningCount, "warning")}. "
            + $"`./bulkhead explain {first.Code}` says more about {first.Code}.");
    }

    public void Write(Diagnostic diagnostic)
    {
        (string word, string paint) = diagnostic.Severity switch
        {
            Severity.Error => ("error", Red),
            Severity.Warning => ("warning", Yellow),
            _ => ("note", Blue),
        };
        output.WriteLine($"{Paint(Bold, diagnostic.Span.ToString())}: {Paint(paint, $"{word} {diagnostic.Code}")}: "
            + Paint(Bold, Printable(diagnostic.Message)));
        WriteSource(diagnostic.Span, paint, '^');
        foreach (DiagnosticNote note in diagnostic.Notes)
        {
            output.WriteLine($"  {note.Span}: {Printable(note.Message)}");
            WriteSource(note.Span, Blue, '-');
        }
        if (diagnostic.Help is not null)
            output.WriteLine($"  {Paint(Blue, "help")}: {Printable(diagnostic.Help)}");
    }

    private void WriteSource(SourceSpan span, string paint, char mark)
    {
        if (span.Line == 0)
            return;
        string line = Printable(span.File.Line(span.Line));
        int column = Math.Clamp(span.Column - 1, 0, line.Length);
        int length = Math.Max(1, Math.Min(span.Length, line.Length - column));

        int start = column + length > WindowWidth ? Math.Max(0, Math.Min(column - 20, line.Length - WindowWidth)) : 0;
        string shown = line[start..Math.Min(line.Length, start + WindowWidth)];
        int caret = column - start;
        if (start > 0)
        {
            shown = "..." + shown;
            caret += 3;
        }
        if (start + WindowWidth < line.Length)
            shown += "...";
        length = Math.Max(1, Math.Min(length, shown.Length - caret));

        string number = span.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        output.WriteLine($"{Paint(Blue, number + " |")} {shown}".TrimEnd());
        output.WriteLine($"{Paint(Blue, "      |")} {new string(' ', caret)}{Paint(paint, new string(mark, length))}");
    }

    private string Paint(string paint, string text) => colour ? paint + text + Reset : text;

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    /// <summary>A file's control characters must not reach the terminal; one column each keeps the caret in place.</summary>
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = source[i] == '\t' ? ' ' : char.IsControl(source[i]) || IsBidiControl(source[i]) ? '?' : source[i];
        });

    private static bool IsBidiControl(char c) => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}

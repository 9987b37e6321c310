using System.Text;

namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>A kind of diagnostic: its code, and the text of <c>./bulkhead explain CODE</c>.</summary>
public sealed record DiagnosticDescriptor(string Code, string Title)
{
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>Why the builder says this.</summary>
    public required string Cause { get; init; }

    /// <summary>A piece of a manifest, or a command, that brings it about.</summary>
    public required string Example { get; init; }

    /// <summary>What to write instead.</summary>
    public required string Fix { get; init; }

    /// <summary>False for what only an image can have (BH03xx).</summary>
    public bool FoundInManifest { get; init; } = true;

    public string Explain()
    {
        StringBuilder text = new();
        text.Append(Code).Append(": ").Append(Title).Append('\n');
        Section(text, "Why", Cause);
        Section(text, "Example", Example);
        Section(text, "What to do", Fix);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string heading, string body)
    {
        text.Append('\n').Append(heading).Append('\n');
        foreach (string line in body.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            text.Append(line.Length == 0 ? "" : "  ").Append(line).Append('\n');
    }
}

namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>Collects everything found in one run, so that a user sees all of it at once.</summary>
public sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<SourceFile> _fileOrder = [];

    /// <summary>Everything found: file by file in the order the files were first mentioned, then by position.</summary>
    public IReadOnlyList<Diagnostic> All =>
        [.. _diagnostics.OrderBy(d => _fileOrder.IndexOf(d.Span.File)).ThenBy(d => d.Span.Line).ThenBy(d => d.Span.Column)];

    public bool HasErrors => ErrorCount > 0;

    public int ErrorCount => _diagnostics.Count(d => d.Severity == Severity.Error);

    public int WarningCount => _diagnostics.Count(d => d.Severity == Severity.Warning);

    /// <summary>Fixes a file's place in the order, so that the appliance comes before its board.</summary>
    public void Mention(SourceFile file)
    {
        if (!_fileOrder.Contains(file))
            _fileOrder.Add(file);
    }

    public void Add(DiagnosticDescriptor descriptor, SourceSpan span, string message, params ReadOnlySpan<DiagnosticNote> notes) =>
        Add(descriptor, span, message, help: null, notes);

    public void Add(DiagnosticDescriptor descriptor, SourceSpan span, string message, string? help, params ReadOnlySpan<DiagnosticNote> notes)
    {
        Mention(span.File);
        _diagnostics.Add(new Diagnostic(descriptor, span, message, help, notes.ToArray()));
    }
}

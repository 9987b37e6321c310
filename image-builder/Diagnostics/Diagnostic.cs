namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>One finding: what, where, the other places it has to do with, and what to do.</summary>
public sealed record Diagnostic(
    DiagnosticDescriptor Descriptor, SourceSpan Span, string Message, string? Help, IReadOnlyList<DiagnosticNote> Notes)
{
    public string Code => Descriptor.Code;

    public Severity Severity => Descriptor.Severity;
}

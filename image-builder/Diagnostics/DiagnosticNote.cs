namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>The second place of a conflict, or another place worth looking at.</summary>
public sealed record DiagnosticNote(SourceSpan Span, string Message);

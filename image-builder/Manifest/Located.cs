using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A value that was read, and where it stands.</summary>
internal sealed record Located<T>(T Value, SourceSpan Span);

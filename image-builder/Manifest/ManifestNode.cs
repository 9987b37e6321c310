using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A value of a manifest with its place in the file.</summary>
internal abstract record ManifestNode(SourceSpan Span);

/// <summary>A single value. Only a plain one (without quotes) can be a number, a size or a word.</summary>
internal sealed record ManifestScalar(SourceSpan Span, string Text, bool IsPlain) : ManifestNode(Span)
{
    /// <summary>What YAML calls null: nothing, `~` or `null`.</summary>
    public bool IsEmpty => IsPlain && Text is ("" or "~" or "null");
}

internal sealed record ManifestList(SourceSpan Span, IReadOnlyList<ManifestNode> Items) : ManifestNode(Span);

internal sealed record ManifestMap(SourceSpan Span, IReadOnlyList<ManifestEntry> Entries) : ManifestNode(Span);

internal sealed record ManifestEntry(ManifestScalar Key, ManifestNode Value);

/// <summary>A value that was refused and reported; whoever reads it says nothing more.</summary>
internal sealed record RefusedNode(SourceSpan Span) : ManifestNode(Span);

using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A range of addresses with the words a message calls it by, and where the manifest says so.</summary>
internal sealed record Region(string What, AddressRange Range, SourceSpan Span)
{
    public bool Overlaps(Region other) => Overlaps(other.Range);

    public bool Overlaps(AddressRange other) => Range.Base < other.End && other.Base < Range.End;

    public bool Contains(AddressRange other) => other.Base >= Range.Base && other.End <= Range.End;

    /// <summary>First and last address, as every message writes a range.</summary>
    public override string ToString() => $"{What} ({Units.Range(Range)})";
}

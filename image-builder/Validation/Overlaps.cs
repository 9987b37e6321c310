using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Finds pairs of ranges that have bytes in common.</summary>
internal static class Overlaps
{
    /// <summary>Reports each pair once: at the later one, with a note at the earlier one.</summary>
    public static void Check(IReadOnlyList<Region> regions, DiagnosticDescriptor descriptor, string where, DiagnosticBag diagnostics)
    {
        for (int i = 0; i < regions.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (regions[i].Overlaps(regions[j]))
                    Report(regions[i], regions[j], descriptor, where, diagnostics);
            }
        }
    }

    public static void Report(Region region, Region other, DiagnosticDescriptor descriptor, string where, DiagnosticBag diagnostics) =>
        diagnostics.Add(descriptor, region.Span, $"{region} overlaps {other}{where}", new DiagnosticNote(other.Span, other.ToString()));
}

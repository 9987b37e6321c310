using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

internal static class Alignment
{
    /// <summary>Reports a size that is no multiple of the alignment, with the next one that is.</summary>
    public static void CheckSize(Located<ulong>? size, ulong alignment, string what, DiagnosticBag diagnostics)
    {
        if (size is null || size.Value % alignment == 0)
            return;
        diagnostics.Add(SyntaxDiagnostics.Misaligned, size.Span, $"{what} must be a multiple of {Units.Size(alignment)}, and is {Units.Size(size.Value)}",
            $"the next multiple is {Units.Size(Units.AlignUp(size.Value, alignment))}");
    }

    public static void CheckAddress(Located<ulong>? address, ulong alignment, string what, DiagnosticBag diagnostics)
    {
        if (address is null || address.Value % alignment == 0)
            return;
        diagnostics.Add(SyntaxDiagnostics.Misaligned, address.Span,
            $"{what} must lie at a multiple of {Units.Size(alignment)}, and is at {Units.Address(address.Value)}");
    }

    /// <summary>Base and size of a region, one report for both: they stand beside each other.</summary>
    public static void Check(Region? region, ulong alignment, DiagnosticBag diagnostics)
    {
        if (region is null || (region.Range.Base | region.Range.Size) % alignment == 0)
            return;
        diagnostics.Add(SyntaxDiagnostics.Misaligned, region.Span,
            $"base and size of {region.What} must be multiples of {Units.Size(alignment)}, and are {Units.Address(region.Range.Base)} and {Units.Size(region.Range.Size)}");
    }
}

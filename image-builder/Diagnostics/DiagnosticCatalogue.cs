using System.Diagnostics.CodeAnalysis;

namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>Every diagnostic there is: BH00xx text and values, BH01xx boards, BH02xx appliances, BH03xx images.</summary>
public static class DiagnosticCatalogue
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
        [.. SyntaxDiagnostics.All, .. BoardDiagnostics.All, .. ApplianceDiagnostics.All, .. ImageDiagnostics.All];

    /// <summary>Takes `BH0012`, `bh12` or `12`.</summary>
    public static bool TryFind(string code, [NotNullWhen(true)] out DiagnosticDescriptor? descriptor)
    {
        string digits = code.StartsWith("BH", StringComparison.OrdinalIgnoreCase) ? code[2..] : code;
        string full = "BH" + digits.PadLeft(4, '0');
        descriptor = All.FirstOrDefault(d => d.Code == full);
        return descriptor is not null;
    }
}

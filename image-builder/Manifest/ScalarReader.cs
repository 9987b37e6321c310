using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>
/// Gives scalars their types by what is expected in their place, never by how YAML would guess them: `010`, `no` and
/// `1e3` mean different things to different readers. Each function reports and returns null when the text does not fit.
/// </summary>
internal static partial class ScalarReader
{
    public static Located<string>? Text(ManifestNode node, string what, DiagnosticBag diagnostics) =>
        Scalar(node, what, diagnostics) is { } scalar ? new Located<string>(scalar.Text, scalar.Span) : null;

    /// <summary>Text of the form a pattern gives; <paramref name="form"/> says it in words.</summary>
    public static Located<string>? Text(ManifestNode node, string what, Regex pattern, string form, DiagnosticBag diagnostics)
    {
        if (Text(node, what, diagnostics) is not { } text)
            return null;
        if (pattern.IsMatch(text.Value))
            return text;
        diagnostics.Add(SyntaxDiagnostics.BadText, text.Span, $"{what} must be {form}");
        return null;
    }

    public static Located<string>? Name(ManifestNode node, string what, DiagnosticBag diagnostics)
    {
        if (Text(node, what, diagnostics) is not { } name)
            return null;
        string? reason = name.Value switch
        {
            "" => "is empty",
            "bulkhead" => "is the hypervisor's own",
            { Length: > Limits.MaxNameLength } => $"has {name.Value.Length} characters; {Limits.MaxNameLength} is the most",
            _ when !char.IsAsciiLetterLower(name.Value[0]) => "does not begin with a letter a-z",
            _ when !NamePattern().IsMatch(name.Value) => "has other characters than a-z, 0-9 and -",
            _ => null,
        };
        if (reason is null)
            return name;
        diagnostics.Add(SyntaxDiagnostics.BadName, name.Span, $"{what} `{name.Value}` {reason}");
        return null;
    }

    public static Located<bool>? Boolean(ManifestNode node, string what, DiagnosticBag diagnostics) =>
        Choice(node, what, ["true", "false"], diagnostics) is { } choice ? new Located<bool>(choice.Value == "true", choice.Span) : null;

    public static Located<string>? Choice(ManifestNode node, string what, string[] choices, DiagnosticBag diagnostics)
    {
        if (Scalar(node, what, diagnostics) is not { } scalar)
            return null;
        if (choices.Contains(scalar.Text))
            return new Located<string>(scalar.Text, scalar.Span);
        string? meant = scalar.Text.ToLowerInvariant() switch
        {
            "yes" or "on" when choices.Contains("true") => "did you mean `true`?",
            "no" or "off" when choices.Contains("false") => "did you mean `false`?",
            _ => Nearest.DidYouMean(scalar.Text, choices),
        };
        diagnostics.Add(SyntaxDiagnostics.NotAChoice, scalar.Span, $"{what} is {string.Join(" or ", choices)}, not `{scalar.Text}`", meant);
        return null;
    }

    public static Located<ulong>? Number(ManifestNode node, string what, ulong min, ulong max, DiagnosticBag diagnostics)
    {
        if (Plain(node, what, "a number", diagnostics) is not { } scalar)
            return null;
        if (!DecimalPattern().IsMatch(scalar.Text) && !HexPattern().IsMatch(scalar.Text))
        {
            string? help = LeadingZeroPattern().IsMatch(scalar.Text) ? $"did you mean `{scalar.Text.TrimStart('0').PadLeft(1, '0')}`?" : null;
            diagnostics.Add(SyntaxDiagnostics.NotANumber, scalar.Span, $"{what} must be a whole number, not `{scalar.Text}`", help);
            return null;
        }
        if (!TryParse(scalar.Text, out ulong value) || value < min || value > max)
        {
            string range = scalar.Text.StartsWith("0x", StringComparison.Ordinal) ? $"0x{min:x}..0x{max:x}" : $"{min}..{max}";
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, scalar.Span, $"{what} must be in {range}, and is {scalar.Text}");
            return null;
        }
        return new Located<ulong>(value, scalar.Span);
    }

    public static Located<ulong>? Address(ManifestNode node, string what, ulong end, DiagnosticBag diagnostics)
    {
        if (Plain(node, what, "an address", diagnostics) is not { } scalar)
            return null;
        if (!HexPattern().IsMatch(scalar.Text))
        {
            string? help = BareHexPattern().IsMatch(scalar.Text) ? $"did you mean `0x{scalar.Text}`?" : null;
            diagnostics.Add(SyntaxDiagnostics.NotAnAddress, scalar.Span, $"{what} must be an address such as 0x40000000, not `{scalar.Text}`", help);
            return null;
        }
        if (!TryParse(scalar.Text, out ulong value) || value >= end)
        {
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, scalar.Span, $"{what} must be below {Units.Address(end)}, and is {scalar.Text}");
            return null;
        }
        return new Located<ulong>(value, scalar.Span);
    }

    public static Located<ulong>? Size(ManifestNode node, string what, DiagnosticBag diagnostics)
    {
        if (Plain(node, what, "a size", diagnostics) is not { } scalar)
            return null;
        Match match = SizePattern().Match(scalar.Text);
        if (!match.Success && !HexPattern().IsMatch(scalar.Text))
        {
            diagnostics.Add(SyntaxDiagnostics.NotASize, scalar.Span, $"{what} must be a size such as `256 MiB`, not `{scalar.Text}`", MeantSize(scalar.Text));
            return null;
        }
        bool fits = TryParse(match.Success ? match.Groups[1].Value : scalar.Text, out ulong count);
        ulong unit = match.Groups[2].Value switch
        {
            "KiB" => Units.KiB,
            "MiB" => Units.MiB,
            "GiB" => Units.GiB,
            _ => 1,
        };
        if (!fits || count == 0 || count > Limits.BoardAddressEnd / unit)
        {
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, scalar.Span,
                $"{what} must be more than nothing and at most {Units.Size(Limits.BoardAddressEnd)}, and is {scalar.Text}");
            return null;
        }
        return new Located<ulong>(count * unit, scalar.Span);
    }

    /// <summary>A time such as `500 ms`, in milliseconds.</summary>
    /// <param name="most">In milliseconds too, as <paramref name="least"/>.</param>
    public static Located<uint>? Time(ManifestNode node, string what, uint least, uint most, DiagnosticBag diagnostics)
    {
        if (Text(node, what, TimePattern(), "a time such as `500 ms`, `10 s` or `2 min`", diagnostics) is not { } text)
            return null;
        Match match = TimePattern().Match(text.Value);
        ulong unit = match.Groups[2].Value switch { "min" => 60_000ul, "s" => 1000, _ => 1 };
        if (ulong.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value <= most / unit && value * unit >= least)
            return new Located<uint>((uint)(value * unit), text.Span);
        diagnostics.Add(SyntaxDiagnostics.OutOfRange, text.Span,
            $"{what} is {(least == 0 ? "" : $"at least {Words(least)} and ")}at most {Words(most)}, and is {text.Value}");
        return null;
    }

    /// <summary>Milliseconds as a manifest says them.</summary>
    public static string Words(uint milliseconds) => milliseconds % 60_000 == 0 && milliseconds != 0 ? $"{milliseconds / 60_000} min"
        : milliseconds % 1000 == 0 ? $"{milliseconds / 1000} s" : $"{milliseconds} ms";

    private static ManifestScalar? Plain(ManifestNode node, string what, string kind, DiagnosticBag diagnostics)
    {
        if (Scalar(node, what, diagnostics) is not { } scalar)
            return null;
        if (scalar.IsPlain)
            return scalar;
        diagnostics.Add(SyntaxDiagnostics.WrongShape, scalar.Span, $"{what} is {kind}, not a text in quotes", $"write it as {scalar.Text}");
        return null;
    }

    private static ManifestScalar? Scalar(ManifestNode node, string what, DiagnosticBag diagnostics)
    {
        switch (node)
        {
            case ManifestScalar { IsEmpty: true }:
                diagnostics.Add(SyntaxDiagnostics.NoValue, node.Span, $"{what} has no value");
                return null;
            case ManifestScalar scalar:
                return scalar;
            case ManifestList or ManifestMap:
                diagnostics.Add(SyntaxDiagnostics.WrongShape, node.Span, $"{what} must be a single value, not a {(node is ManifestList ? "list" : "mapping")}");
                return null;
            default:
                return null;
        }
    }

    private static bool TryParse(string text, out ulong value) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>`256MB`, `256 mb`, `256M` and `256 mib` mean one thing to whoever writes a memory size.</summary>
    private static string? MeantSize(string text)
    {
        Match match = LooseSizePattern().Match(text);
        if (!match.Success)
            return null;
        string unit = match.Groups[2].Value.ToUpperInvariant();
        return unit.Length == 0 ? $"say the unit: `{text} MiB`, perhaps" : $"did you mean `{match.Groups[1].Value} {unit[0]}iB`?";
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]*\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A(0|[1-9][0-9]*)\z")]
    private static partial Regex DecimalPattern();

    [GeneratedRegex(@"\A0[0-9]+\z")]
    private static partial Regex LeadingZeroPattern();

    [GeneratedRegex(@"\A0x[0-9a-fA-F]+\z")]
    private static partial Regex HexPattern();

    [GeneratedRegex(@"\A[0-9a-fA-F]+\z")]
    private static partial Regex BareHexPattern();

    [GeneratedRegex(@"\A(0|[1-9][0-9]*) ?(ms|s|min)\z")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"\A([1-9][0-9]*) ?(B|KiB|MiB|GiB)\z")]
    private static partial Regex SizePattern();

    [GeneratedRegex(@"\A([1-9][0-9]*) *([kKmMgG]?)[iI]?[bB]?\z")]
    private static partial Regex LooseSizePattern();
}

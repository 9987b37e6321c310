using System.Globalization;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>The hypervisor's routines by address, from the map that every build leaves beside its image.</summary>
public sealed partial class BoxSymbols(Routines routines)
{
    // What lies further away than any routine is long is in none.
    private const ulong Longest = 0x1_0000;

    /// <summary>Where the map of an image lies.</summary>
    public static string PathOf(string image) => image + ".symbols";

    /// <summary>No names where the image has no map.</summary>
    public static BoxSymbols Beside(string image) => new(Routines.Parse(File.Exists(PathOf(image)) ? File.ReadLines(PathOf(image)) : []));

    /// <summary>"routine+0x1c"; empty when nothing is known.</summary>
    public string At(ulong address) => routines.At(address) is ({ } name, <= Longest and var offset) ? $"{name}+0x{offset:x}" : "";

    /// <summary>A line of a backtrace with its routine behind it; null for any other line.</summary>
    public string? Named(string line) =>
        Frame().Match(line) is { Success: true } match && At(ulong.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) is { Length: > 0 } name
            ? $" {name}" : null;

    [GeneratedRegex(@"^  #\d+ 0x([0-9a-f]{1,16})$")]
    private static partial Regex Frame();
}

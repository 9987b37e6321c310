using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>The hypervisor's routines by address: the map that every build leaves beside its image.</summary>
public sealed partial class BoxSymbols
{
    private readonly List<(ulong Address, string Name)> _routines = [];

    /// <summary>Where the map of an image lies.</summary>
    public static string PathOf(string image) => image + ".symbols";

    /// <summary>Every line "address name", in hexadecimal, sorted; other lines are skipped.</summary>
    public static BoxSymbols Parse(IEnumerable<string> lines)
    {
        BoxSymbols symbols = new();
        foreach (string line in lines)
        {
            if (line.Split(' ', 2) is [var address, var name] && ulong.TryParse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value))
                symbols._routines.Add((value, name));
        }
        symbols._routines.Sort((x, y) => x.Address.CompareTo(y.Address));
        return symbols;
    }

    /// <summary>No names where the image has no map.</summary>
    public static BoxSymbols Beside(string image) => Parse(File.Exists(PathOf(image)) ? File.ReadLines(PathOf(image)) : []);

    /// <summary>"routine+0x1c"; empty when nothing is known.</summary>
    public string At(ulong address)
    {
        int low = 0, high = _routines.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_routines[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }
        // What lies further away than any routine is long is in none.
        return low == 0 || address - _routines[low - 1].Address > 0x1_0000 ? "" : $"{_routines[low - 1].Name}+0x{address - _routines[low - 1].Address:x}";
    }

    /// <summary>A line of a backtrace with its routine behind it; null for any other line.</summary>
    public string? Named(string line) =>
        Frame().Match(line) is { Success: true } match && At(ulong.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) is { Length: > 0 } name
            ? $" {name}" : null;

    [GeneratedRegex(@"^  #\d+ 0x([0-9a-f]{1,16})$")]
    private static partial Regex Frame();
}

using System.Globalization;
using System.Xml.Linq;

namespace Bulkhead.ImageBuilder.Testing;

/// <summary>How many lines of the code under test its tests ran.</summary>
public sealed record LineCoverage(int Run, int Lines)
{
    /// <summary>
    /// Of a Cobertura report. A line counts once, although generic code and partial classes bring it several times: it was
    /// run if any of them was.
    /// </summary>
    public static LineCoverage Read(string report)
    {
        Dictionary<(string File, string Line), bool> lines = [];
        foreach (XElement type in XDocument.Load(report).Descendants("class"))
        {
            string file = type.Attribute("filename")?.Value ?? "";
            foreach (XElement line in type.Descendants("line"))
            {
                (string, string) key = (file, line.Attribute("number")?.Value ?? "");
                lines[key] = lines.GetValueOrDefault(key) || line.Attribute("hits")?.Value is not (null or "0");
            }
        }
        return new LineCoverage(lines.Values.Count(run => run), lines.Count);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Lines == 0 ? 0 : 100.0 * Run / Lines):0.0} % of its lines run ({Run} of {Lines})");
}

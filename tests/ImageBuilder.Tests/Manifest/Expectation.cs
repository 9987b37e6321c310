using System.Text;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>`# expect BH0012` on the offending line, or `# expect BH0002 at line 6` where a comment would change the case.</summary>
internal sealed partial record Expectation(string File, int Line, string Code) : IComparable<Expectation>
{
    public static IEnumerable<Expectation> In(string path)
    {
        string[] lines = Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(path)).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            foreach (Match match in Pattern().Matches(lines[i]))
                yield return new Expectation(path, match.Groups[2].Success ? int.Parse(match.Groups[2].Value) : i + 1, match.Groups[1].Value);
        }
    }

    public int CompareTo(Expectation? other) =>
        other is null ? 1 : (File, Line, Code).CompareTo((other.File, other.Line, other.Code));

    public override string ToString() => $"{Path.GetFileName(Path.GetDirectoryName(File))}/{Path.GetFileName(File)}:{Line} {Code}";

    [GeneratedRegex(@"# expect (BH\d{4})(?: at line (\d+))?")]
    private static partial Regex Pattern();
}

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>This machine's package sources, as far as they are its own release's, for another apt to read.</summary>
public static class DebianSources
{
    /// <summary>The machine's release, "bookworm".</summary>
    public static string Release { get; } = (File.Exists("/etc/os-release") ? File.ReadAllLines("/etc/os-release") : [])
        .FirstOrDefault(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal))?["VERSION_CODENAME=".Length..].Trim('"') ?? "";

    /// <summary>Where the machine's sources get the release from, the release's backports come from too.</summary>
    /// <returns>Null when there is no such source.</returns>
    public static string? WithBackports(string content, bool isDeb822, string release)
    {
        string separator = isDeb822 ? "\n\n" : "\n";
        string[] entries = content.Replace("\r", "").Split(separator, StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => isDeb822 ? Paragraph(entry, release) : OneLine(entry, release)).OfType<string>().ToArray();
        return entries.Length == 0 ? null : string.Join(separator, entries) + "\n";
    }

    private static string? Paragraph(string entry, string release)
    {
        string[] lines = entry.Split('\n').Where(line => !line.StartsWith('#')).ToArray();
        bool isOurs = lines.Any(line => Words(line) is ["Types:", .. var types] && types.Contains("deb"))
            && lines.Any(line => Words(line) is ["Suites:", .. var suites] && suites.Contains(release))
            && !lines.Any(line => Words(line) is ["Enabled:", "no"]);
        return isOurs ? string.Join('\n', lines.Select(line => line.StartsWith("Suites:", StringComparison.Ordinal) ? $"Suites: {release}-backports" : line)) : null;
    }

    // deb [option=value ...] URI SUITE COMPONENT...
    private static string? OneLine(string line, string release)
    {
        string[] words = Words(line);
        int suite = Array.IndexOf(words, release);
        if (words is not ["deb", ..] || suite < 2)
            return null;
        words[suite] += "-backports";
        return string.Join(' ', words);
    }

    private static string[] Words(string line) => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}

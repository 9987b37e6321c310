using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// The exits that Bochs writes into its log: a line for each, with the reason's number and name. Nothing is counted in the
/// hypervisor, so it is the one that ships, and what Bochs writes takes no time of the board.
/// </summary>
public static partial class BochsExitLog
{
    /// <summary>Lines of a bochsrc that have Bochs write them.</summary>
    public static IReadOnlyList<string> Settings(string file, int cpus) =>
        [$"debug: action=ignore{string.Concat(Enumerable.Range(0, cpus).Select(cpu => $", cpu{cpu}=report"))}", $"log: {file}"];

    /// <summary>How many there were for each reason, most first.</summary>
    public static IReadOnlyList<(string Reason, int Count)> Count(IEnumerable<string> lines) =>
        [.. lines.Select(line => Exit().Match(line)).Where(match => match.Success)
            .GroupBy(match => match.Groups[2] is { Success: true, Value: var name } ? name : $"AMD-V {int.Parse(match.Groups[1].Value):x}h")
            .Select(group => (group.Key, group.Count())).OrderByDescending(pair => pair.Item2).ThenBy(pair => pair.Key, StringComparer.Ordinal)];

    [GeneratedRegex(@"^\d+d\[CPU\d+ *\] (?:SVM )?VMEXIT reason ?= ?(\d+)(?: \(([^)]*)\))?")]
    private static partial Regex Exit();
}

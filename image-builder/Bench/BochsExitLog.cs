using System.Globalization;
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
            .GroupBy(match => match.Groups["name"] is { Success: true, Value: var name } ? name : SvmName(Number(match, "reason"), Number(match, "info")))
            .Select(group => (group.Key, group.Count())).OrderByDescending(pair => pair.Item2).ThenBy(pair => pair.Key, StringComparer.Ordinal)];

    // EXITCODE (APM 2, appendix C), which Bochs gives no name; of an MSR EXITINFO1 says which way (15.11).
    private static string SvmName(int code, int info) => code switch
    {
        0x60 => "INTR",
        0x72 => "CPUID",
        0x7b => "IOIO",
        0x7c => info == 0 ? "RDMSR" : "WRMSR",
        0x81 => "VMMCALL",
        0x89 => "WBINVD",
        0x400 => "nested page fault",
        _ => $"AMD-V {code:x}h",
    };

    private static int Number(Match match, string group) =>
        int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    [GeneratedRegex(@"^\d+d\[CPU\d+ *\] (?:SVM )?VMEXIT reason ?= ?(?<reason>\d+)(?: \((?<name>[^)]*)\)| exitinfo1=0*(?<info>[01]) )?")]
    private static partial Regex Exit();
}

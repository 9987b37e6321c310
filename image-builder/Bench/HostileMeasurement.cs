using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>Operations of the hostile guest that the board survived, by family, and the answers that no manual allows.</summary>
public static partial class HostileMeasurement
{
    private const string Guest = "hostile";
    private const int Operations = 200_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    public static BenchSection Run(BenchBoard board)
    {
        using BenchWorkspace work = BenchWorkspace.Build($$"""
            appliance: attack
            board: {{board.Name}}
            guests:
              {{Guest}}:
                cpus: [0, 1]
                memory: 16 MiB
                watchdog: {timeout: 3600 s}
                kernel:
                  project: {{Guest}}
                  cmdline: seed=1 operations={{Operations}}
            """, 4);
        RunEnd end = work.Run(Guest, "^hostile: done .*digest=0x[0-9a-f]+\\s", Limit);
        string console = work.Console(Guest);
        Match done = Done().Match(console);
        if (end is not RunEnd.Seen || !done.Success)
            throw new BuildException("the hostile guest did not come to its end");
        StringBuilder table = new();
        table.AppendLine(CultureInfo.InvariantCulture, $"Seed 1 on {work.Appliance.Board.Name}, digest {done.Groups[1].Value}. HostileTests' long tier (`./bulkhead test --all`) makes 50 million on arm64 and on AMD-V and 5 million on VT-x, and prints how many were survived.");
        table.AppendLine();
        table.AppendLine("| family | operations | answers that no manual allows |");
        table.AppendLine("|---|---|---|");
        foreach (Match family in Family().Matches(console))
            table.AppendLine(CultureInfo.InvariantCulture, $"| {family.Groups[1].Value} | {int.Parse(family.Groups[2].Value, CultureInfo.InvariantCulture):N0} | {family.Groups[3].Value} |");
        return new("Hostile operations survived", table.ToString());
    }

    [GeneratedRegex(@"^hostile: (\w+) operations=(\d+) deviations=(\d+)", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^hostile: done .*digest=(0x[0-9a-f]+)", RegexOptions.Multiline)]
    private static partial Regex Done();
}

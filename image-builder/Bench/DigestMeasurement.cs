using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>The hypervisor's SHA-256 over a mebibyte, in the probe guest.</summary>
public static partial class DigestMeasurement
{
    private const string Guest = "probe";

    public static BenchSection Run(BenchBoard board)
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest(board), 1);
        if (work.Run(Guest, "^probe: digests done", TimeSpan.FromMinutes(2)) is not RunEnd.Seen)
            throw new BuildException("the probe guest's digests are wrong");
        Match line = Ticks().Match(work.Console(Guest));
        return new("SHA-256 of a mebibyte", $"{Number(line.Groups[1])} instructions with the CPU's own ({(board == BenchBoard.Pc ? "SHA-NI" : "SHA256H and kin")}), {Number(line.Groups[2])} on a CPU that lacks them.\n");
    }

    private static string Manifest(BenchBoard board) => $"""
        appliance: digests
        board: {board.Name}
        guests:
          {Guest}:
            cpus: [0]
            memory: 16 MiB
            kernel:
              project: probe
              cmdline: scenario=digests
        """;

    private static string Number(Group digits) => long.Parse(digits.Value, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) ticks with instructions, (\d+) without")]
    private static partial Regex Ticks();
}

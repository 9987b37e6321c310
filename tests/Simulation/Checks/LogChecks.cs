using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.Diagnostics;
using Bulkhead.Simulation.Hardware;

namespace Bulkhead.Simulation.Checks;

/// <summary>The hypervisor's own lines: whole, one for each start, and no restart beyond its limit.</summary>
internal static class LogChecks
{
    private static readonly Regex s_restart = new("restarts in .* ms \\(([0-9]+) of ([0-9]+) times");

    public static void Run(Board board)
    {
        string log = Encoding.Latin1.GetString([.. board.Console.Of("bulkhead")]);
        board.Life.Check(log.EndsWith("\r\n", System.StringComparison.Ordinal), "the hypervisor's last line does not end");
        string[] lines = log.Split("\r\n");
        foreach (string line in lines)
        {
            if (s_restart.Match(line) is { Success: true } match)
                board.Life.Check(Number(match.Groups[1].Value) <= Number(match.Groups[2].Value), $"beyond the limit: {line}");
        }
        if (BoardConsole<SimulatedArch>.Console.LostLines != 0 || lines.Any(line => line.StartsWith("lines lost", System.StringComparison.Ordinal)))
            return;
        for (int guest = 0; guest < board.Ledgers.Length; guest++)
        {
            int said = lines.Count(line => line == $"guest{guest}: starts");
            board.Life.Check(said == board.Ledgers[guest].Starts, $"guest{guest} was started {board.Ledgers[guest].Starts} times, and the console says so {said} times");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

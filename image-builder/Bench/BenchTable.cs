using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>Our column beside the peers', from the micro guest's lines.</summary>
public static partial class BenchTable
{
    /// <summary>Medians of run 1: the first warm one.</summary>
    public static IReadOnlyDictionary<string, int> Parse(string console)
    {
        Dictionary<string, int> medians = [];
        int run = -1;
        foreach (string line in console.Split('\n'))
        {
            if (RunLine().Match(line) is { Success: true } number)
                run = int.Parse(number.Groups[1].Value, CultureInfo.InvariantCulture);
            if (run == 1 && Operation().Match(line) is { Success: true } match)
                medians[match.Groups[1].Value] = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        }
        return medians;
    }

    public static string Make(PeerTable peers, IReadOnlyDictionary<string, int> ours)
    {
        StringBuilder table = new();
        table.AppendLine($"| operation | bare | Bulkhead | aim | {string.Join(" | ", peers.Peers)} |");
        table.AppendLine($"|---|---|---|---|{string.Concat(peers.Peers.Select(_ => "---|"))}");
        foreach (PeerFigure peer in peers.Rows)
        {
            string mine = ours.TryGetValue(peer.Operation, out int figure) ? $"{figure}" : "-";
            if (peer.Aim is { } aim && figure > aim)
                mine += " (missed)";
            table.AppendLine($"| {peer.Operation} | {peer.Bare} | {mine} | {(peer.Aim is { } wanted ? $"<= {wanted}" : "-")} | {string.Join(" | ", peer.Peers.Select(cost => cost is null ? "-" : $"{cost}"))} |");
        }
        return table.ToString();
    }

    [GeneratedRegex(@"^MB run (\d+)")]
    private static partial Regex RunLine();

    [GeneratedRegex(@"^MB (\w+) n=\d+ min=\d+ med=(\d+)")]
    private static partial Regex Operation();
}

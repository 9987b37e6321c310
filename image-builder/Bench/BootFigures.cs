using System.Text;

namespace Bulkhead.ImageBuilder.Bench;

/// <param name="ConsoleBytes">What the guest printed meanwhile.</param>
public sealed record BootFigures(BootAim Aim, ExitTally Tally, int ConsoleBytes)
{
    public string Table()
    {
        StringBuilder table = new();
        string exits = Aim.Exits is { } most ? $" in {BenchSection.Figure(Tally.Exits.Sum(exit => exit.Value.Exits), most)} exits, aim <= {most:N0}" : "";
        string peers = Aim.Peers is { } others ? $"; {others}" : "";
        table.AppendLine($"{BenchSection.Figure(Tally.Instructions, Aim.Instructions)} hypervisor instructions{exits} between guest entry and userspace of one stock Debian guest (256 MiB, one CPU, {Aim.Words}), aim <= {Aim.Instructions:N0}{peers}. The guest printed {ConsoleBytes:N0} bytes.");
        table.AppendLine();
        table.AppendLine("| exit | exits | instructions | mean | longest |");
        table.AppendLine("|---|---|---|---|---|");
        foreach ((string reason, ExitCount count) in Tally.Exits)
            table.AppendLine($"| {reason} | {count.Exits:N0} | {count.Instructions:N0} | {count.Instructions / count.Exits:N0} | {count.Longest:N0} |");
        return table.ToString();
    }
}

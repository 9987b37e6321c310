using System.Text;

namespace Bulkhead.ImageBuilder.Bench;

/// <param name="ConsoleBytes">What the guest printed meanwhile.</param>
public sealed record BootFigures(ExitTally Tally, int ConsoleBytes)
{
    // Xen's with the null scheduler, same kernel, counted by a plugin of QEMU 10.0.2.
    private const long Aim = 6_000_000, Xen = 26_500_000;

    public BenchSection Section()
    {
        StringBuilder table = new();
        table.AppendLine($"{BenchSection.Figure(Tally.Instructions, Aim)} hypervisor instructions between guest entry and userspace of one stock Debian guest (256 MiB, one CPU, loglevel=7), aim <= {Aim:N0}, Xen null {Xen:N0}. The guest printed {ConsoleBytes:N0} bytes.");
        table.AppendLine();
        table.AppendLine("| exit | exits | instructions | mean | longest |");
        table.AppendLine("|---|---|---|---|---|");
        foreach ((string reason, ExitCount count) in Tally.Exits)
            table.AppendLine($"| {reason} | {count.Exits:N0} | {count.Instructions:N0} | {count.Instructions / count.Exits:N0} | {count.Longest:N0} |");
        return new("A Debian guest's boot", table.ToString());
    }
}

using System.Text;
using Bulkhead.ImageBuilder.Commands;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// What the hypervisor costs the demo's real-time guest: exits and instructions on its CPU in each of its periods, with
/// neighbours that do nothing, that flood their consoles and that attack. Every thousandth period a report is written.
/// </summary>
public static class PulseMeasurement
{
    private const string Guest = "pulse";
    private const int Cpu = 3;

    private const string Manifest = $"""
        appliance: pulse
        board: BOARD
        guests:
          gateway:
            cpus: [0, 1]
            memory: 64 MiB
            kernel:
              project: NEIGHBOUR
              cmdline: ARGUMENTS
          app:
            cpus: [2]
            memory: 16 MiB
            kernel:
              project: NEIGHBOUR
              cmdline: ARGUMENTS
          {Guest}:
            cpus: [3]
            memory: 16 MiB
            kernel:
              project: pulse
        """;

    public static BenchSection Run(BenchBoard board)
    {
        StringBuilder table = new();
        table.AppendLine("Exits and hypervisor instructions on pulse's own CPU; each period has one release of the control task. Every thousandth writes a report.");
        table.AppendLine();
        table.AppendLine("| neighbours | periods | exits per period | instructions per period | longest with interrupts masked | exits and their mean |");
        table.AppendLine("|---|---|---|---|---|---|");
        table.AppendLine(Row(board, "idle", "probe", "scenario=hello", 1000));
        // Each of its instructions is in the log: a handful of periods say as much.
        table.AppendLine(Row(board, "flooding their consoles", "probe", "scenario=flood", 5));
        table.AppendLine(Row(board, "attacking", "hostile", "seed=1", 5));
        return new("What the real-time guest pays", table.ToString());
    }

    private static string Row(BenchBoard board, string neighbours, string project, string arguments, int periods)
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest.Replace("BOARD", board.Name).Replace("NEIGHBOUR", project).Replace("ARGUMENTS", arguments), 4);
        Routines symbols = work.Symbols;
        ulong release = new Routines().Add(Path.Combine(work.Outputs, Guest + ".elf")).AddressOf("HandleInterrupt");
        ExitTally tally = new(symbols, ExitKinds.Of(work.Appliance.Board.Architecture, symbols), Cpu);
        int releases = 0;
        using CountedRun run = new(work, [CountedRun.Hypervisor(symbols), new(release, 1)], []);
        // What comes before is the guests' start.
        run.GoUntil(() => work.Console(Guest).Contains("control task", StringComparison.Ordinal));
        Task counting = run.Count(block =>
        {
            // The other guests are linked at the same address.
            if (block.Address == release)
                releases += block.Cpu == Cpu ? 1 : 0;
            else if (releases > 0 && releases <= periods)
                tally.Add(block);
        });
        run.GoUntil(() => Volatile.Read(ref releases) > periods);
        run.StopCounting(counting);
        run.End();
        tally.Finish();
        string reasons = string.Join(", ", tally.Exits.Select(exit => $"{exit.Value.Exits:N0} {exit.Key} of {exit.Value.Instructions / exit.Value.Exits}"));
        return $"| {neighbours} | {periods} | {(double)tally.Exits.Sum(exit => exit.Value.Exits) / periods:0.00} | {(double)tally.Instructions / periods:0.0} | {tally.Exits.Max(exit => exit.Value.Longest)} | {reasons} |";
    }
}

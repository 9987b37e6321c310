using System.Text;
using Bulkhead.ImageBuilder.Commands;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// What the hypervisor costs the demo's real-time guest: exits and instructions on its CPU in each of its periods, with
/// neighbours that do nothing, that flood their consoles, that attack and that end and start again all the time. Every thousandth period a report is written.
/// </summary>
public static class PulseMeasurement
{
    private const string Guest = "pulse";
    private const int Cpu = 3, Restarts = 100;
    private const string Policy = "{on: [crash, reset], delay: 0 ms, limit: none}";

    private const string Manifest = $"""
        appliance: pulse
        board: BOARD
        guests:
          gateway:
            cpus: [0, 1]
            memory: MEMORY
            restart: {Policy}
            kernel:
              project: NEIGHBOUR
              cmdline: ARGUMENTS
          app:
            cpus: [2]
            memory: MEMORY
            restart: {Policy}
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
        table.AppendLine(Row(board, "idle", "probe", "scenario=hello", 1000, 0));
        // Each of its instructions is in the log: a handful of periods say as much.
        table.AppendLine(Row(board, "flooding their consoles", "probe", "scenario=flood", 5, 0));
        table.AppendLine(Row(board, "attacking", "hostile", "seed=1", 5, 0));
        table.AppendLine(Row(board, $"ending and starting again, {Restarts} times", "probe", $"scenario={board.Restarting}", 5, Restarts));
        return new("What the real-time guest pays", table.ToString());
    }

    /// <param name="periods">How many are counted at least.</param>
    /// <param name="restarts">Of the neighbours, while it is counted.</param>
    private static string Row(BenchBoard board, string neighbours, string project, string arguments, int periods, int restarts)
    {
        string manifest = Manifest.Replace("BOARD", board.Name).Replace("NEIGHBOUR", project).Replace("ARGUMENTS", arguments).Replace("MEMORY", restarts == 0 ? "16 MiB" : "4 MiB");
        using BenchWorkspace work = BenchWorkspace.Build(manifest, 4);
        Routines symbols = work.Symbols;
        ulong release = new Routines().Add(Path.Combine(work.Outputs, Guest + ".elf")).AddressOf("HandleInterrupt");
        ulong enter = symbols.AddressOf(board.Enter);
        ExitTally tally = new(symbols, ExitKinds.Of(work.Appliance.Board.Architecture, symbols), Cpu);
        int releases = 0, starts = 0;
        bool isOver = false;
        using CountedRun run = new(work, [CountedRun.Hypervisor(symbols), new(release, 1)], []);
        // What comes before is the guests' start.
        run.GoUntil(() => work.Console(Guest).Contains("control task", StringComparison.Ordinal));
        Task counting = run.Count(block =>
        {
            // The other guests are linked at the same address.
            if (block.Address == release && block.Cpu == Cpu && !isOver)
                Volatile.Write(ref isOver, releases++ >= periods && starts >= restarts);
            else if (block.Address == enter && releases > 0)
                starts++;
            if (block.Address != release && releases > 0 && !isOver)
                tally.Add(block);
        });
        run.GoUntil(() => Volatile.Read(ref isOver));
        run.StopCounting(counting);
        run.End();
        tally.Finish();
        int counted = releases - 1;
        string reasons = string.Join(", ", tally.Exits.Select(exit => $"{exit.Value.Exits:N0} {exit.Key} of {exit.Value.Instructions / exit.Value.Exits}"));
        return $"| {neighbours} | {counted} | {(double)tally.Exits.Sum(exit => exit.Value.Exits) / counted:0.00} | {(double)tally.Instructions / counted:0.0} | {tally.Exits.Max(exit => exit.Value.Longest)} | {reasons} |";
    }
}

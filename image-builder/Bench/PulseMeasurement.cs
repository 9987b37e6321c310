using System.Globalization;
using System.Text;
using Bulkhead.ImageBuilder.Commands;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// What the hypervisor costs the demo's real-time guest: exits and instructions on its CPU in each of its periods, with
/// neighbours that do nothing, that flood their consoles, that attack and that end and start again all the time. The window
/// is the same beside all of them: so many periods in which pulse is left to its control task. One more has a report in it.
/// </summary>
public static class PulseMeasurement
{
    private const string Guest = "pulse";
    private const int Cpu = 3, Restarts = 100;
    // The window, and what comes before it.
    private const int Periods = 1000, Before = 100;
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
              cmdline: rate=10000 report=REPORT
        """;

    public static BenchSection Run(BenchBoard board)
    {
        StringBuilder table = new();
        table.AppendLine(CultureInfo.InvariantCulture, $"Exits and hypervisor instructions on pulse's own CPU in {Periods:N0} periods of 100 us, each with one release of the control task, from the {Before}th on.");
        table.AppendLine("A guest that has written while another's line was open has its CPU look every 5 ms, in an exit of its timer, until no line waits for the board's UART: beside a flood that may be all the time.");
        table.AppendLine("An interrupt that comes while another exit is served is served with it: its instructions are in that exit's mean, and in the longest time.");
        table.AppendLine();
        table.AppendLine("| neighbours | periods | exits per period | instructions per period | longest with interrupts masked | exits and their mean |");
        table.AppendLine("|---|---|---|---|---|---|");
        table.AppendLine(Row(board, "idle", "probe", "scenario=hello"));
        table.AppendLine(Row(board, "flooding their consoles", "probe", "scenario=flood"));
        table.AppendLine(Row(board, "attacking", "hostile", "seed=1"));
        table.AppendLine(Row(board, "ending and starting again", "probe", $"scenario={board.Restarting}", Restarts));
        table.AppendLine(Row(board, "idle, with one report in a thousand periods", "probe", "scenario=hello", 0, Periods));
        return new("What the real-time guest pays", table.ToString());
    }

    /// <param name="restarts">Of the neighbours, while it is counted, at least.</param>
    /// <param name="report">Periods from one of pulse's lines to the next.</param>
    private static string Row(BenchBoard board, string neighbours, string project, string arguments, int restarts = 0, int report = int.MaxValue)
    {
        string manifest = Manifest.Replace("BOARD", board.Name).Replace("NEIGHBOUR", project).Replace("ARGUMENTS", arguments).Replace("REPORT", $"{report}")
            .Replace("MEMORY", restarts == 0 ? "16 MiB" : "4 MiB");
        using BenchWorkspace work = BenchWorkspace.Build(manifest, 4);
        Routines symbols = work.Symbols;
        ulong release = new Routines().Add(Path.Combine(work.Outputs, Guest + ".elf")).AddressOf("HandleInterrupt");
        ulong enter = symbols.AddressOf(board.Enter);
        ExitTally tally = new(symbols, ExitKinds.Of(work.Appliance.Board.Architecture, symbols), Cpu);
        int releases = 0, starts = 0;
        bool isOver = false;
        using CountedRun run = new(work, [CountedRun.Hypervisor(symbols), new(release, 1)], [], isFair: true);
        // What comes before is the guests' start.
        run.GoUntil(() => work.Console(Guest).Contains("control task", StringComparison.Ordinal)
            && work.Appliance.Guests.All(guest => work.Console("bulkhead").Contains(guest.Name + ": starts", StringComparison.Ordinal)));
        Task counting = run.Count(block =>
        {
            // The other guests are linked at the same address.
            if (block.Address == release && block.Cpu == Cpu && !isOver)
                Volatile.Write(ref isOver, ++releases > Before + Periods);
            else if (releases > Before && !isOver)
            {
                starts += block.Address == enter ? 1 : 0;
                tally.Add(block);
            }
        });
        run.GoUntil(() => Volatile.Read(ref isOver));
        run.StopCounting(counting);
        run.End();
        tally.Finish();
        if (starts < restarts)
            throw new BuildException($"in {Periods} periods the neighbours started {starts} times, not {restarts}");
        string times = restarts == 0 ? "" : $", {starts} times";
        string reasons = string.Join(", ", tally.Exits.Select(exit => $"{exit.Value.Exits:N0} {exit.Key} of {exit.Value.Instructions / exit.Value.Exits}"));
        return $"| {neighbours}{times} | {Periods:N0} | {(double)tally.Exits.Sum(exit => exit.Value.Exits) / Periods:0.00} | {(double)tally.Instructions / Periods:0.0} | {tally.Exits.Max(exit => exit.Value.Longest)} | {reasons} |";
    }
}

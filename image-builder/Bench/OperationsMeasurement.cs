using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>The micro guest's operations, beside the peers': instructions under QEMU's icount, ticks of the TSC in Bochs.</summary>
public static class OperationsMeasurement
{
    private const string Guest = "micro";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <param name="board">Any of the boards.</param>
    /// <param name="file">Another micro guest than the project's own.</param>
    public static BenchSection Run(string board, string? file)
    {
        string kernel = file is null ? "project: microbench" : $"file: {Path.GetFullPath(file)}";
        using BenchWorkspace work = BenchWorkspace.Build(
            $"appliance: bench\nboard: {board}\nguests:\n  {Guest}:\n    cpus: [0, 1]\n    memory: 64 MiB\n    kernel:\n      {kernel}\n", 4);
        RunEnd end = work.Run(Guest, "^MB done", Limit);
        string console = work.Console(Guest).Replace("\r", "");
        if (end is not RunEnd.Seen)
            throw new BuildException($"the micro guest did not come to its end; its last line: {console.TrimEnd().Split('\n')[^1]}");
        string what = work.Appliance.Board.Bochs is null
            ? "As the guest sees them, median of a warm run, counted by QEMU's icount. The peers' columns were measured with the yardstick guest on the same emulator."
            : "As the guest sees them, median of a warm run, in Bochs: its TSC's ticks, which are near to instructions. The peers' columns are QEMU's, on AMD-V.";
        PeerTable peers = work.Appliance.Board.Architecture == CpuArchitecture.Arm64 ? PeerTable.Arm64 : PeerTable.Pc;
        return new($"Operations on {board}", $"""
            {what}

            {BenchTable.Make(peers, BenchTable.Parse(console))}
            """ + (work.Appliance.Board.Bochs is null ? "" : Exits(work)));
    }

    private static string Exits(BenchWorkspace work) => $"""

        All exits of the run, from reset to the guest's last line, counted in Bochs' own log; the hypervisor is the one that ships.

        | reason | exits |
        |---|---|
        {string.Join('\n', BochsExitLog.Count(File.ReadLines(work.BochsLog)).Select(exit => $"| {exit.Reason} | {exit.Count} |"))}

        """;
}

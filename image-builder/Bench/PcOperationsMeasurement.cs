using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>The micro guest on a PC: under QEMU's icount, where one tick of the TSC is one instruction, or in Bochs.</summary>
public static class PcOperationsMeasurement
{
    private const string Guest = "micro";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    // QEMU 10.0's x2APIC timer aborts under icount ("Bad icount read"): the hypervisor has an xAPIC then.
    private static readonly string[] Counting = ["-icount", "shift=0,sleep=off", "-cpu", "max,-x2apic", "-no-reboot"];

    /// <param name="board">One of the boards with x86-64 CPUs.</param>
    /// <param name="file">Another micro guest than the project's own.</param>
    public static BenchSection Run(string board, string? file)
    {
        string kernel = file is null ? "project: microbench" : $"file: {Path.GetFullPath(file)}";
        using BenchWorkspace work = BenchWorkspace.Build(
            $"appliance: bench\nboard: {board}\nguests:\n  {Guest}:\n    cpus: [0, 1]\n    memory: 64 MiB\n    kernel:\n      {kernel}\n", 4);
        bool isCounted = work.Appliance.Board.Bochs is null;
        EmulatorOptions options = new(null, null, false, false, isCounted ? Counting : []);
        EmulatorChoice choice = EmulatorChoice.Of(work.Appliance.Board, work.Image, options, new ToolRoot(Workspace.Cache, new StepProgress()));
        choice.Provide();
        Script script = new(Guest);
        script.Expect(new Regex("^MB done", RegexOptions.Multiline));
        RunEnd end = new RunSession([Guest], [script], new ConsoleView(TextWriter.Null, false), work.Folder).Run(choice.Machine, Limit);
        string console = work.Console(Guest).Replace("\r", "");
        if (end is not RunEnd.Seen)
            throw new BuildException($"the micro guest did not come to its end; its last line: {console.TrimEnd().Split('\n')[^1]}");
        string what = isCounted
            ? "As the guest sees them, median of a warm run, under QEMU's icount. The peers' columns were measured with the same guest on the same emulator."
            : "As the guest sees them, median of a warm run, in Bochs: its TSC's ticks, which are near to instructions. The peers' columns are QEMU's, on AMD-V.";
        return new($"Operations on {board}", $"""
            {what}

            {BenchTable.Make(PeerTable.Pc, BenchTable.Parse(console))}
            """);
    }
}

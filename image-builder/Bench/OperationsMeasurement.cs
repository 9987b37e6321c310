using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>The micro guest under QEMU's icount, where one counter tick is one instruction.</summary>
public static class OperationsMeasurement
{
    private const string Guest = "micro";

    /// <param name="file">Another micro guest than the project's own.</param>
    public static BenchSection Run(string? file)
    {
        string kernel = file is null ? "project: microbench" : $"file: {Path.GetFullPath(file)}";
        using BenchWorkspace work = BenchWorkspace.Build(
            $"appliance: bench\nboard: qemu-virt-arm64\nguests:\n  {Guest}:\n    cpus: [0, 1]\n    memory: 64 MiB\n    kernel:\n      {kernel}\n", 4);
        if (work.Run(Guest, "^MB done", TimeSpan.FromMinutes(5)) is not RunEnd.Seen)
            throw new BuildException("the micro guest did not come to its end");
        return new("Operations", $"""
            As the guest sees them, median of a warm run. The peers' columns were measured with the same guest on the same emulator.

            {BenchTable.Make(PeerTable.Arm64, BenchTable.Parse(work.Console(Guest).Replace("\r", "")))}
            """);
    }
}

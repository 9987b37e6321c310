using System.Globalization;
using System.Text;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>From the instruction that ends a guest to the first byte of its next life's first line, by what the instructions are for.</summary>
public static class RestartMeasurement
{
    private const string Guest = "probe";
    private const int Extra = 8;
    private const string Own = "the guest's own start";

    public static BenchSection Run(BenchBoard board)
    {
        Dictionary<string, long> small = Measure(board, 0), large = Measure(board, Extra);
        StringBuilder table = new();
        table.AppendLine(CultureInfo.InvariantCulture, $"One CPU, a small guest with 32 MiB and no delay, that {board.Crash.Deed}: {small.Values.Sum():N0} instructions until its first line begins again.");
        table.AppendLine(CultureInfo.InvariantCulture, $"Each MiB more of package, uncompressed: {(large.Values.Sum() - small.Values.Sum()) / Extra:N0}.");
        table.AppendLine("RestartTests' long tier (`./bulkhead test --all`) ends and starts a small guest 10,000 times on arm64 and on AMD-V beside another guest whose memory is watched, and prints how many restarts were survived; in the short one each of 33 lives looks for anything of the one before.");
        table.AppendLine();
        table.AppendLine("| for | instructions | more for each MiB of package |");
        table.AppendLine("|---|---|---|");
        foreach (string purpose in (IEnumerable<string>)[.. WorkPurpose.On(board), "", Own])
        {
            string name = purpose.Length == 0 ? "stop, report on the console, policy, and the rest of the load" : purpose;
            table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {small.GetValueOrDefault(purpose):N0} | {(large.GetValueOrDefault(purpose) - small.GetValueOrDefault(purpose)) / Extra:N0} |");
        }
        return new("From a guest's crash to its first line", table.ToString());
    }

    /// <param name="extra">MiB of initrd.</param>
    private static Dictionary<string, long> Measure(BenchBoard board, int extra)
    {
        string initrd = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-bench").FullName, "initrd");
        byte[] content = new byte[extra << 20];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(initrd, content);
        using BenchWorkspace work = BenchWorkspace.Build($$"""
            appliance: restart
            board: {{board.Name}}
            guests:
              {{Guest}}:
                cpus: [0]
                memory: 32 MiB
                slot: 16 MiB
                restart: {on: [crash], delay: 0 ms, limit: none}
                kernel:
                  project: probe
                  cmdline: scenario={{board.Crash.Scenario}}
                  compression: none
                  {{(extra == 0 ? "" : $"initrd: {initrd}")}}
            """, 1);
        Directory.Delete(Path.GetDirectoryName(initrd)!, true);
        Routines hypervisor = work.Symbols;
        Routines guest = new Routines().Add(Path.Combine(work.Outputs, Guest + ".elf"));
        ulong first = hypervisor.AddressOf("_start");
        Dictionary<string, long> purposes = [];
        using CountedRun run = new(work, [], []);
        run.GoTo(guest.AddressOf(board.Crash.Routine));
        Task counting = run.Count(block =>
        {
            bool isHypervisors = block.Address - first < 2 << 20;
            string purpose = isHypervisors ? WorkPurpose.Of(hypervisor.At(block.Address)?.Name ?? "") : Own;
            purposes[purpose] = purposes.GetValueOrDefault(purpose) + block.Instructions;
        });
        run.GoTo(guest.AddressOf("Probe_Bulkhead_Guests_Console__Write"));
        run.StopCounting(counting);
        run.End();
        return purposes;
    }
}

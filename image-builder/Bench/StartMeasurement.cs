using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>From reset to the first instruction of a small guest on a board of one CPU, by what the instructions are for.</summary>
public static class StartMeasurement
{
    // Bao's, which neither hashes nor scrubs, has its guest in place.
    private const long Aim = 500_000, Bao = 505_000;
    private const string Guest = "micro";

    private const string Manifest = $"""
        appliance: start
        board: qemu-virt-arm64
        guests:
          {Guest}:
            cpus: [0]
            memory: 64 MiB
            kernel:
              project: microbench
        """;

    // From the beginning of the first stage's scratch RAM, as it sees it (arch/arm64/FirstStage/Start.S, CODE and TABLES_SIZE).
    private const ulong FirstStageCopy = 0x40_0000_8000;

    public static BenchSection Run()
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest, 1);
        Script script = new(Guest);
        script.Expect(new Regex("^MB ", RegexOptions.Multiline));
        Routines hypervisor = work.Symbols;
        // Until the hypervisor has its own tables it runs where it was copied to, and the first stage in flash and as a copy.
        ulong moved = work.Appliance.Board.HypervisorRam.Base - hypervisor.AddressOf("_start");
        Routines all = work.Symbols.Add(Path.Combine(Workspace.Outputs, "hypervisor.elf"), moved)
            .Add(Path.Combine(Workspace.Outputs, "first-stage.elf"), new ImageLayout(work.Appliance).FirstStage.Offset)
            .Add(Path.Combine(Workspace.Outputs, "first-stage.elf"), FirstStageCopy + work.Appliance.Board.Arm64.FirstStageScratch.Base);
        Dictionary<string, long> routines = [];
        using (CountedRun run = new(work, [], [script]))
        {
            Task counting = run.Count(block =>
            {
                string name = all.At(block.Address)?.Name ?? "";
                routines[name] = routines.GetValueOrDefault(name) + block.Instructions;
            });
            run.GoTo(hypervisor.AddressOf("EnterGuest"));
            run.StopCounting(counting);
            run.Finish();
        }
        Dictionary<string, long> purposes = routines.GroupBy(routine => WorkPurpose.Of(routine.Key)).ToDictionary(group => group.Key, group => group.Sum(routine => routine.Value));
        long rest = purposes.GetValueOrDefault("");
        StringBuilder table = new();
        table.AppendLine($"One CPU, the micro guest with 64 MiB: {BenchSection.Figure(rest, Aim)} instructions, aim <= {Aim:N0}, Bao {Bao:N0}. Not counted there, and stated apart:");
        table.AppendLine();
        foreach (string purpose in WorkPurpose.All)
            table.AppendLine($"- {purpose}: {purposes.GetValueOrDefault(purpose):N0}");
        table.AppendLine();
        table.AppendLine("Costliest of the rest:");
        table.AppendLine();
        foreach ((string routine, long count) in routines.Where(routine => WorkPurpose.Of(routine.Key).Length == 0).OrderByDescending(routine => routine.Value).Take(8))
            table.AppendLine($"- {routine}: {count:N0}");
        return new("From reset to a guest's first instruction", table.ToString());
    }
}

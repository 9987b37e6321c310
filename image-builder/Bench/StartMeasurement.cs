using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// From reset to the first instruction of a small guest on a board of one CPU, by what the instructions are for. On a PC
/// firmware and GRUB come before the first that is ours.
/// </summary>
public static class StartMeasurement
{
    // Bao's, which neither hashes nor scrubs, has its guest in place.
    private const long Aim = 500_000, Bao = 505_000;
    private const string Guest = "micro";
    private const string Clock = "20 ms to measure the TSC by the PM timer", Checksums = "checksums of the disk's partition table";

    private static string Manifest(BenchBoard board) => $"""
        appliance: start
        board: {board.Name}
        guests:
          {Guest}:
            cpus: [0]
            memory: 64 MiB
            kernel:
              project: microbench
        """;

    // From the beginning of the first stage's scratch RAM, as it sees it (arch/arm64/FirstStage/Start.S, CODE and TABLES_SIZE).
    private const ulong FirstStageCopy = 0x40_0000_8000;
    // Both of a PC's binaries are linked at a multiple of their size; GRUB finds room for the first stage at LOAD
    // (arch/x86_64/Boot/hypervisor.ld).
    private const ulong PcBinarySize = 2 << 20, PcFirstStage = 0x40_0000;

    public static BenchSection Run(BenchBoard board)
    {
        using BenchWorkspace work = BenchWorkspace.Build(Manifest(board), 1);
        Script script = new(Guest);
        script.Expect(new Regex("^MB ", RegexOptions.Multiline));
        bool isPc = board == BenchBoard.Pc;
        string firstStage = Path.Combine(work.Outputs, "first-stage.elf");
        (Routines all, AddressRange[] early) = isPc ? OnPc(work, firstStage) : OnArm64(work, firstStage);
        Dictionary<string, long> routines = [];
        long inFirstStage = 0;
        using (CountedRun run = new(work, [], [script]))
        {
            if (isPc)
                run.GoTo(PcFirstStage + new Routines().Add(firstStage).AddressOf("_start") % PcBinarySize);
            Task counting = run.Count(block =>
            {
                string name = all.At(block.Address)?.Name ?? "";
                routines[name] = routines.GetValueOrDefault(name) + block.Instructions;
                if (PurposeOf(name).Length == 0 && Array.Exists(early, range => block.Address - range.Base < range.Size))
                    inFirstStage += block.Instructions;
            });
            run.GoTo(work.Symbols.AddressOf(board.Enter));
            run.StopCounting(counting);
            run.Finish();
        }
        Dictionary<string, long> purposes = routines.GroupBy(routine => PurposeOf(routine.Key)).ToDictionary(group => group.Key, group => group.Sum(routine => routine.Value));
        long rest = purposes.GetValueOrDefault("");
        StringBuilder table = new();
        if (isPc)
            table.AppendLine("Counted from the first stage's first instruction: what firmware and GRUB execute before it is not in these figures. QEMU counts each round of REP STOS, 8 bytes, as an instruction. How long the disk takes differs from run to run, nothing else does by more than some hundred.");
        table.AppendLine($"One CPU, the micro guest with 64 MiB: {BenchSection.Figure(rest, Aim)} instructions, {(isPc ? $"arm64's aim <= {Aim:N0}" : $"aim <= {Aim:N0}, Bao {Bao:N0}")}; {inFirstStage:N0} of them in the first stage. Not counted there, and stated apart:");
        table.AppendLine();
        foreach (string purpose in (IEnumerable<string>)[.. WorkPurpose.On(board), .. isPc ? [Clock, Checksums] : Array.Empty<string>()])
            table.AppendLine($"- {purpose}: {purposes.GetValueOrDefault(purpose):N0}");
        table.AppendLine();
        table.AppendLine("Costliest of the rest:");
        table.AppendLine();
        foreach ((string routine, long count) in routines.Where(routine => PurposeOf(routine.Key).Length == 0).OrderByDescending(routine => routine.Value).Take(8))
            table.AppendLine($"- {routine}: {count:N0}");
        return new("From reset to a guest's first instruction", table.ToString());
    }

    // Nobody else reads a port of 32 bits.
    private static string PurposeOf(string routine) =>
        routine is "In32" || routine.Contains("FrequencyMeasurement", StringComparison.Ordinal) || routine.Contains("ReferenceClock", StringComparison.Ordinal) ? Clock
            : routine.Contains("Crc32", StringComparison.Ordinal) ? Checksums
            : WorkPurpose.Of(routine);

    // Until the hypervisor has its own tables it runs where it was copied to, and the first stage in flash and as a copy.
    private static (Routines All, AddressRange[] FirstStage) OnArm64(BenchWorkspace work, string firstStage)
    {
        ulong flash = new ImageLayout(work.Appliance).FirstStage.Offset, copy = FirstStageCopy + work.Appliance.Board.Arm64.FirstStageScratch.Base;
        ulong hypervisor = work.Appliance.Board.HypervisorRam.Base - work.Symbols.AddressOf("_start");
        ulong size = (ulong)new FileInfo(Path.ChangeExtension(firstStage, ".bin")).Length;
        return (work.Symbols.Add(work.Hypervisor, hypervisor).Add(firstStage, flash).Add(firstStage, copy), [new(flash, size), new(copy, size)]);
    }

    // Before long mode both run where they were loaded.
    private static (Routines All, AddressRange[] FirstStage) OnPc(BenchWorkspace work, string firstStage)
    {
        ulong hypervisor = work.Symbols.AddressOf("_start") / PcBinarySize * PcBinarySize;
        ulong early = new Routines().Add(firstStage).AddressOf("_start") / PcBinarySize * PcBinarySize;
        Routines all = work.Symbols.Add(work.Hypervisor, work.Appliance.Board.HypervisorRam.Base - hypervisor).Add(firstStage).Add(firstStage, PcFirstStage - early);
        return (all, [new(early, PcBinarySize), new(PcFirstStage, PcBinarySize)]);
    }
}

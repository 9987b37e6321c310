using System.CommandLine;
using Bulkhead.ImageBuilder.Bench;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead bench: what the hypervisor costs, in instructions, which QEMU's icount counts exactly.</summary>
public static class BenchCommand
{
    private static readonly string[] PcBoards = ["qemu-q35", "bochs", "bochs-ryzen"];

    public static Command Create()
    {
        Option<string?> file = new("--guest") { Description = "Another micro guest: an arm64 Image, or an ELF file with a PVH note, that prints the yardstick's lines." };
        Option<bool> write = new("--write") { Description = "Measure everything and write docs/benchmarks.md, or benchmarks-NAME.md of a PC." };
        Option<string?> board = new("--board") { Description = "A PC: qemu-q35 for AMD-V, bochs for VT-x, bochs-ryzen for AMD-V with a next RIP.", HelpName = "NAME" };
        board.AcceptOnlyFromAmong(PcBoards);
        (Option<bool> Only, Func<BenchSection> Measure)[] more =
        [
            (new("--boot") { Description = "Only what a Debian guest's boot takes." }, BootMeasurement.Run),
            (new("--start") { Description = "Only what comes between reset and a small guest's first instruction." }, StartMeasurement.Run),
            (new("--pulse") { Description = "Only what the real-time guest pays." }, PulseMeasurement.Run),
            (new("--hostile") { Description = "Only what a hostile guest may try." }, HostileMeasurement.Run),
            (new("--digests") { Description = "Only what SHA-256 takes." }, DigestMeasurement.Run),
            (new("--footprint") { Description = "Only sizes: .text and RAM." }, FootprintMeasurement.Run),
        ];
        Command command = new("bench", "Count the hypervisor's instructions: per operation beside the peers', or what an option names.") { board, file, write };
        foreach ((Option<bool> only, _) in more)
            command.Add(only);
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (parsed.GetValue(board) is { } pc)
                return RunPc(pc, parsed.GetValue(file), parsed.GetValue(write), parsed.GetValue(GlobalOptions.Yes));
            if (!Prerequisites.Ensure(Purpose.Build | Purpose.Run, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            List<Func<BenchSection>> wanted = [.. more.Where(one => parsed.GetValue(one.Only)).Select(one => one.Measure)];
            Func<BenchSection> operations = () => OperationsMeasurement.Run("qemu-virt-arm64", parsed.GetValue(file));
            if (parsed.GetValue(write))
                wanted = [operations, .. more.Select(one => one.Measure)];
            else if (wanted.Count == 0)
                wanted = [operations];
            List<BenchSection> sections = [];
            foreach (Func<BenchSection> measure in wanted)
            {
                sections.Add(measure());
                Console.WriteLine($"{sections[^1].Title}\n\n{sections[^1].Body}");
            }
            if (parsed.GetValue(write))
                File.WriteAllText(Path.Combine(Workspace.Root, "docs/benchmarks.md"), Page(sections));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static int RunPc(string board, string? file, bool write, bool yes)
    {
        if (!Prerequisites.Ensure(Purpose.Build | (board.StartsWith("bochs", StringComparison.Ordinal) ? Purpose.RunBochs : Purpose.RunPc), yes))
            return ExitCode.MissingTools;
        BenchSection section = OperationsMeasurement.Run(board, file);
        Console.WriteLine($"{section.Title}\n\n{section.Body}");
        if (write)
            File.WriteAllText(Path.Combine(Workspace.Root, $"docs/benchmarks-{board}.md"), $"# {section.Title}\n\nMade by `./bulkhead bench --board {board} --write`.\n{section.Body}");
        return ExitCode.Ok;
    }

    private static string Page(IEnumerable<BenchSection> sections) => $"""
        # Benchmarks

        Made by `./bulkhead bench --write` from the image as shipped. Everything is counted in instructions under QEMU's
        icount (cortex-a57, one tick one instruction over all CPUs), so figures are exact and repeat on any host; what the
        hypervisor executes is read from QEMU's log of every block it runs. Instructions are not time: TLB walks, caches and
        barriers cost nothing here. The peers: Xen 4.17.5 dom0less with the null scheduler, Bao 738e3dc, KVM nVHE of Debian's
        kernel.

        {string.Join("\n", sections.Select(section => $"## {section.Title}\n{section.Body.TrimEnd()}\n"))}
        """;
}

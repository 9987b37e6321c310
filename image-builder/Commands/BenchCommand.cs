using System.CommandLine;
using Bulkhead.ImageBuilder.Bench;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead bench: what the hypervisor costs, in instructions, which QEMU's icount counts exactly.</summary>
public static class BenchCommand
{
    public static Command Create()
    {
        Option<string?> file = new("--guest") { Description = "Another micro guest: an arm64 Image, or an ELF file with a PVH note, that prints the yardstick's lines.", HelpName = "FILE" };
        Option<bool> write = new("--write") { Description = "Write docs/benchmarks.md, or benchmarks-NAME.md of a PC: all of it, or the sections of the figures that are named." };
        Option<string> board = new("--board") { Description = "Without it qemu-virt-arm64; qemu-q35 is a PC with AMD-V. bochs (VT-x) and bochs-ryzen (AMD-V with a next RIP) count the operations only; bochs takes --ratio as well.", HelpName = "NAME", DefaultValueFactory = _ => BenchBoard.Arm64.Name };
        board.AcceptOnlyFromAmong(BenchBoard.Arm64.Name, BenchBoard.Pc.Name, "bochs", "bochs-ryzen");
        Measurement[] more =
        [
            new(new("--boot") { Description = "Only what a Debian guest's boot takes." }, BootMeasurement.Run, Where.Qemu),
            new(new("--ratio") { Description = "Only what a Debian guest's boot takes beside the bare kernel's." }, BootRatioMeasurement.Run, Where.Pc | Where.Bochs),
            new(new("--start") { Description = "Only what comes between reset and a small guest's first instruction." }, StartMeasurement.Run, Where.Qemu),
            new(new("--pulse") { Description = "Only what the real-time guest pays." }, PulseMeasurement.Run, Where.Qemu),
            new(new("--restart") { Description = "Only what a guest's crash takes until it runs again." }, RestartMeasurement.Run, Where.Qemu),
            new(new("--update") { Description = "Only what a guest's update takes." }, UpdateMeasurement.Run, Where.Qemu),
            new(new("--hostile") { Description = "Only what a hostile guest may try." }, HostileMeasurement.Run, Where.Qemu),
            new(new("--digests") { Description = "Only what SHA-256 takes." }, DigestMeasurement.Run, Where.Qemu),
            new(new("--channels") { Description = "Only what bringing an update in takes, by a control guest's UART and by its mailbox." }, ChannelsMeasurement.Run, Where.Qemu),
            new(new("--footprint") { Description = "Only sizes: .text and RAM." }, FootprintMeasurement.Run, Where.Qemu),
        ];
        Command command = new("bench", "Count the hypervisor's instructions: per operation beside the peers', or what an option names.") { board, file, write };
        foreach (Measurement one in more)
            command.Add(one.Only);
        command.Validators.Add(result =>
        {
            // Of a name that is none of them GetValue throws.
            string name = result.GetResult(board)?.Tokens is [var token] ? token.Value : BenchBoard.Arm64.Name;
            if (more.FirstOrDefault(one => result.GetValue(one.Only) && !IsPossible(one, name)) is { } impossible)
                result.AddError($"{impossible.Only.Name} is not measured on {name}");
            if (result.GetValue(file) is not null && more.FirstOrDefault(one => result.GetValue(one.Only)) is { } beside)
                result.AddError($"--guest is for the operations, which {beside.Only.Name} leaves out");
            else if (result.GetValue(file) is not null && result.GetValue(write))
                result.AddError("--guest is not for --write: the page is about the project's own guest");
        });
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string name = parsed.GetValue(board)!;
            BenchBoard measured = name == BenchBoard.Arm64.Name ? BenchBoard.Arm64 : BenchBoard.Pc with { Name = name };
            Purpose run = measured == BenchBoard.Arm64 ? Purpose.Run : IsBochs(name) ? Purpose.RunBochs : Purpose.RunPc;
            if (!Prerequisites.Ensure(Purpose.Build | run, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            Measurement[] wanted = [.. more.Where(one => parsed.GetValue(one.Only))];
            bool writes = parsed.GetValue(write), isWhole = wanted.Length == 0;
            if (writes && isWhole)
                wanted = [.. more.Where(one => IsPossible(one, name))];
            List<Func<BenchSection>> measures = [.. wanted.Select<Measurement, Func<BenchSection>>(one => () => one.Measure(measured))];
            if (isWhole)
                measures.Insert(0, () => OperationsMeasurement.Run(name, parsed.GetValue(file)));
            List<BenchSection> sections = [];
            foreach (Func<BenchSection> measure in measures)
            {
                sections.Add(measure());
                Console.WriteLine($"{sections[^1].Title}\n\n{sections[^1].Body}");
            }
            if (!writes)
                return ExitCode.Ok;
            string page = Path.Combine(Workspace.Root, measured == BenchBoard.Arm64 ? "docs/benchmarks.md" : $"docs/benchmarks-{name}.md");
            File.WriteAllText(page, !isWhole ? sections.Aggregate(File.ReadAllText(page), Replace) : measured == BenchBoard.Arm64 ? Page(sections) : PcPage(name, sections));
            return ExitCode.Ok;
        }));
        return command;
    }

    // Bochs counts exits and ticks, no instructions.
    private static bool IsPossible(Measurement one, string board) => board switch
    {
        "bochs" => one.On.HasFlag(Where.Bochs),
        "bochs-ryzen" => false,
        _ => one.On.HasFlag(board == BenchBoard.Arm64.Name ? Where.Arm64 : Where.Pc),
    };

    private static bool IsBochs(string board) => board.StartsWith("bochs", StringComparison.Ordinal);

    [Flags]
    private enum Where
    {
        Arm64 = 1,
        Pc = 2,
        Qemu = Arm64 | Pc,
        Bochs = 4,
    }

    private sealed record Measurement(Option<bool> Only, Func<BenchBoard, BenchSection> Measure, Where On);

    /// <summary>The page with another text under a section's title; a title that it has not is its last.</summary>
    public static string Replace(string page, BenchSection section)
    {
        string title = $"\n## {section.Title}\n", text = title + section.Body.TrimEnd() + "\n";
        int from = page.IndexOf(title, StringComparison.Ordinal);
        if (from < 0)
            return page.TrimEnd() + "\n" + text;
        int to = page.IndexOf("\n## ", from + title.Length, StringComparison.Ordinal);
        return page[..from] + text + (to < 0 ? "" : page[to..]);
    }

    private static string PcPage(string board, IReadOnlyList<BenchSection> sections) => $"""
        # {sections[0].Title}

        Made by `./bulkhead bench --board {board} --write`.
        {sections[0].Body.TrimEnd()}
        {string.Concat(sections.Skip(1).Select(section => $"\n## {section.Title}\n{section.Body.TrimEnd()}\n"))}
        """;

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

using System.CommandLine;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Bench;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead bench: the micro guest under QEMU's icount, where one counter tick is one instruction.</summary>
public static class BenchCommand
{
    private const string Guest = "micro";

    public static Command Create()
    {
        Option<string?> file = new("--guest") { Description = "Another micro guest: an arm64 Image that prints the yardstick's lines." };
        Option<bool> write = new("--write") { Description = "Write docs/benchmarks.md." };
        Option<bool> onlyBoot = new("--boot") { Description = "Count only what a Debian guest's boot takes." };
        Option<bool> onlyStart = new("--start") { Description = "Count only what comes between reset and a small guest's first instruction." };
        Command command = new("bench", "Count the hypervisor's instructions per operation, beside the peers'.") { file, write, onlyBoot, onlyStart };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (!Prerequisites.Ensure(Purpose.Build | Purpose.Run, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            if (parsed.GetValue(onlyBoot))
            {
                Console.WriteLine(BootMeasurement.Run().Table());
                return ExitCode.Ok;
            }
            if (parsed.GetValue(onlyStart))
            {
                Console.WriteLine(StartMeasurement.Run());
                return ExitCode.Ok;
            }
            string folder = Directory.CreateTempSubdirectory("bulkhead-bench").FullName;
            Appliance? appliance = Workspace.Load(WriteManifest(folder, parsed.GetValue(file)), null, false);
            if (appliance is null)
                return ExitCode.Manifest;
            string image = Path.Combine(folder, "bench.img");
            Workspace.BuildImage(appliance, image, new StepProgress());
            Script script = new(Guest);
            script.Expect(new Regex("^MB done", RegexOptions.Multiline));
            RunSession session = new([Guest], [script], new ConsoleView(TextWriter.Null, false), folder);
            QemuMachine machine = new(QemuCommandLine.Program, QemuCommandLine.Make(appliance.Board, image, null, CountedRun.Counting));
            RunEnd end = session.Run(machine, TimeSpan.FromMinutes(5));
            string table = BenchTable.Make(BenchTable.Parse(File.ReadAllText(Path.Combine(folder, Guest + ".log")).Replace("\r", "")));
            string boot = File.ReadAllLines(Path.Combine(folder, "bulkhead.log")).FirstOrDefault(line => line.Contains("ticks since reset")) ?? "";
            string load = File.ReadAllLines(Path.Combine(folder, "bulkhead.log")).FirstOrDefault(line => line.Contains("load ticks")) ?? "";
            Directory.Delete(folder, true);
            Console.WriteLine($"{table}\n{boot}\n{load}");
            if (parsed.GetValue(write))
                File.WriteAllText(Path.Combine(Workspace.Root, "docs/benchmarks.md"), Page(table, boot, load));
            return end is RunEnd.Seen ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    private static string WriteManifest(string folder, string? file)
    {
        string path = Path.Combine(folder, "appliance.yaml");
        string kernel = file is null ? "project: microbench" : $"file: {Path.GetFullPath(file)}";
        File.WriteAllText(path, $"appliance: bench\nboard: qemu-virt-arm64\nguests:\n  {Guest}:\n    cpus: [0, 1]\n    memory: 64 MiB\n    kernel:\n      {kernel}\n");
        return path;
    }

    private static string Page(string table, string boot, string load) => $"""
        # Benchmarks

        Made by `./bulkhead bench --write`: instructions per operation as the guest sees them, median of a warm run, under
        QEMU's icount (cortex-a57, 1 tick = 1 instruction over all CPUs). The peers' columns were measured with the same
        guest on the same emulator. Instructions are not time: TLB walks, caches and barriers cost nothing here.

        {table}
        The hypervisor's own lines of that run (ticks are instructions; four CPUs):

            {boot.Trim()}
            {load.Trim()}

        """;
}

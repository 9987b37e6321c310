using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>A folder of its own for one measurement's appliance, image and logs.</summary>
public sealed class BenchWorkspace : IDisposable
{
    // One tick an instruction, summed over all CPUs; waiting costs no wall clock. QEMU 10.0's x2APIC timer aborts under
    // icount ("Bad icount read"): the hypervisor has an xAPIC then.
    private static readonly string[] _countingOnArm64 = ["-icount", "shift=0,sleep=off", "-cpu", "cortex-a57,cntfrq=1000000000", "-no-reboot"];
    private static readonly string[] _countingOnPc = ["-icount", "shift=0,sleep=off", "-cpu", "max,-x2apic", "-no-reboot"];

    private readonly StepProgress _progress = new();

    private BenchWorkspace(Appliance appliance, string folder)
    {
        Appliance = appliance;
        Folder = folder;
    }

    public Appliance Appliance { get; }
    public string Folder { get; }
    public string Image => Path.Combine(Folder, "bench.img");
    public string BochsLog => Path.Combine(Folder, "bochs.txt");
    /// <summary>Where the board's binaries are, with their symbols.</summary>
    public string Outputs => Workspace.OutputsOf(Appliance.Board.Architecture);
    public string Hypervisor => Path.Combine(Outputs, "hypervisor.elf");
    /// <summary>Where Debian guests' packages come from, and which of them the image was made of.</summary>
    public DebianArchive Archive => new(Workspace.Cache, Appliance.Board.Architecture, _progress);
    public LockFile Locks => LockFile.Open(Appliance.ManifestPath);
    public Routines Symbols => new Routines().Add(Hypervisor);

    /// <param name="cpus">How many of the board's CPUs there are.</param>
    public static BenchWorkspace Build(string manifest, int cpus)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-bench").FullName;
        try
        {
            string path = Path.Combine(folder, "appliance.yaml");
            File.WriteAllText(path, manifest);
            Appliance appliance = Workspace.Load(path, null, false) ?? throw new BuildException("the measurement's own manifest does not check");
            BenchWorkspace work = new(appliance with { Board = appliance.Board with { CpuIds = [.. appliance.Board.CpuIds.Take(cpus)] } }, folder);
            Workspace.BuildImage(work.Appliance, work.Image, work._progress);
            return work;
        }
        catch
        {
            Directory.Delete(folder, true);
            throw;
        }
    }

    /// <summary>
    /// Runs the image, without a log of what is executed, until a guest's console shows something: in QEMU under icount,
    /// one tick an instruction, and in Bochs as it is.
    /// </summary>
    /// <param name="keep">What the board writes stays in the image.</param>
    public RunEnd Run(string guest, string expected, TimeSpan limit, bool keep = false)
    {
        Script script = new(guest);
        script.Expect(new Regex(expected, RegexOptions.Multiline));
        return new RunSession([guest], [script], new ConsoleView(TextWriter.Null, false), Folder).Run(Machine(Counting, keep), limit);
    }

    /// <summary>What makes the emulator count.</summary>
    public IReadOnlyList<string> Counting => Appliance.Board.Bochs is not null ? BochsExitLog.Settings(BochsLog, Appliance.Board.CpuIds.Count) : Appliance.Board.Architecture == CpuArchitecture.Arm64 ? _countingOnArm64 : _countingOnPc;

    /// <summary>The emulator with the image.</summary>
    public IMachine Machine(IReadOnlyList<string> arguments, bool keep = false)
    {
        EmulatorChoice choice = EmulatorChoice.Of(Appliance.Board, Image, new EmulatorOptions(null, null, false, false, arguments) { Keep = keep }, new ToolRoot(Workspace.Cache, _progress));
        choice.Provide();
        return choice.Machine;
    }

    /// <summary>The program that a Debian guest's /init runs in.</summary>
    public string Shell() => new LinuxGuest(Archive, Locks).Shell;

    /// <summary>What a console printed; empty when it printed nothing.</summary>
    public string Console(string name)
    {
        string file = Path.Combine(Folder, name + ".log");
        return File.Exists(file) ? File.ReadAllText(file, System.Text.Encoding.Latin1) : "";
    }

    public void Dispose() => Directory.Delete(Folder, true);
}

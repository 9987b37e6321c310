using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// How long a stock Debian kernel takes to its /init as a guest and without a hypervisor, on the same emulated board, by
/// its own clock, whatever else the host does. Under QEMU's icount a nanosecond of it is an instruction of the board; in
/// Bochs every instruction takes the same time.
/// </summary>
public static partial class BootRatioMeasurement
{
    private const string Guest = "linux";
    private const double Aim = 1.5;
    // Later Intel CPUs of Bochs 2.7 have protection keys with no room in XSAVE's area, and a kernel hangs on them by itself.
    private const string BochsCpu = "corei7_haswell_4770";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    public static BenchSection Run(BenchBoard board)
    {
        string words = $"console={board.Console} quiet";
        using BenchWorkspace work = BenchWorkspace.Build($"""
            appliance: ratio
            board: {board.Name}
            guests:
              {Guest}:
                cpus: [0]
                memory: 256 MiB
                linux:
                  package: {board.Kernel}
                  cmdline: {words}
                  initramfs:
                    init: dmesg | grep -F 'Run /init'
            """, 1);
        StepProgress progress = new();
        DebianArchive archive = new(Workspace.Cache, work.Appliance.Board.Architecture, progress);
        LockFile locks = LockFile.Open(work.Appliance.ManifestPath);
        LinuxGuest linux = new(archive, locks);
        (byte[] kernel, byte[] initrd) = linux.Make(Guest, (LinuxPayload)work.Appliance.Guests[0].Payload);
        double guest, bare, perSecond;
        string on;
        if (work.Appliance.Board is { Bochs: { } bochs } made)
        {
            Board other = made with { Bochs = bochs with { Cpu = BochsCpu } };
            string disk = Path.Combine(work.Folder, "bare.img");
            File.WriteAllBytes(disk, BareKernelDisk.Make(File.ReadAllBytes(linux.KernelFile(board.Kernel)), initrd, words, archive, locks));
            guest = SecondsToInit(work, Guest, new BochsMachine(BochsMachine.Program, other, work.Image, []));
            bare = SecondsToInit(work, ConsoleDemultiplexer.Nobody, new BochsMachine(BochsMachine.Program, other, disk, []));
            (on, perSecond) = ($"on the same board with the CPU {BochsCpu}", bochs.InstructionsPerSecond);
        }
        else
        {
            string kernelFile = Path.Combine(work.Folder, "kernel"), initrdFile = Path.Combine(work.Folder, "initrd");
            File.WriteAllBytes(kernelFile, kernel);
            File.WriteAllBytes(initrdFile, initrd);
            guest = SecondsToInit(work, Guest, work.Machine(work.Counting));
            bare = SecondsToInit(work, ConsoleDemultiplexer.Nobody, work.Machine([.. work.Counting, "-m", "256M", "-kernel", kernelFile, "-initrd", initrdFile, "-append", words]));
            (on, perSecond) = ("on the same board", 1e9);
        }
        double ratio = guest / bare;
        return new("A Debian guest's boot beside the bare kernel", string.Create(CultureInfo.InvariantCulture, $"""
            From its first line to its /init the kernel ({words}, one CPU, 256 MiB) takes {Millions(guest):N0} million instructions as a guest and {Millions(bare):N0} million without a hypervisor {on}: {ratio:F2} times as many{(ratio > Aim ? " (missed)" : "")}, aim <= {Aim:F1}. By the kernel's own clock; what it sleeps is in both.

            """));

        double Millions(double seconds) => seconds * perSecond / 1e6;
    }

    private static double SecondsToInit(BenchWorkspace work, string console, IMachine machine)
    {
        Script script = new(console);
        script.Expect(Began());
        RunEnd end = new RunSession([Guest], [script], new ConsoleView(TextWriter.Null, false), work.Folder).Run(machine, Limit);
        Match began = Began().Match(work.Console(console));
        if (end is not RunEnd.Seen || !began.Success)
            throw new BuildException($"the Debian kernel did not come to its /init on {console}");
        return double.Parse(began.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\[ *(\d+\.\d+)\] Run /init as init process")]
    private static partial Regex Began();
}

using System.Globalization;
using System.Text.RegularExpressions;
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
        (double guest, double bare, string on) = work.Appliance.Board.Bochs is { } bochs ? InBochs(work, words, bochs) : InQemu(work, words);
        double ratio = guest / bare;
        return new("A Debian guest's boot beside the bare kernel", string.Create(CultureInfo.InvariantCulture, $"""
            From its first line to its /init the kernel ({words}, one CPU, 256 MiB) takes {guest:N0} million instructions as a guest and {bare:N0} million without a hypervisor {on}: {ratio:F2} times as many{(ratio > Aim ? " (missed)" : "")}, aim <= {Aim:F1}. By the kernel's own clock; what it sleeps is in both.

            """));
    }

    // Millions of instructions, as a guest and by QEMU's own -kernel.
    private static (double Guest, double Bare, string On) InQemu(BenchWorkspace work, string words)
    {
        const double PerSecond = 1e9;
        (byte[] kernel, byte[] initrd) = new LinuxGuest(work.Archive, work.Locks).Make(Guest, Payload(work));
        string kernelFile = Path.Combine(work.Folder, "kernel"), initrdFile = Path.Combine(work.Folder, "initrd");
        File.WriteAllBytes(kernelFile, kernel);
        File.WriteAllBytes(initrdFile, initrd);
        double guest = SecondsToInit(work, Guest, work.Machine(work.Counting));
        double bare = SecondsToInit(work, ConsoleDemultiplexer.Nobody, work.Machine([.. work.Counting, "-m", "256M", "-kernel", kernelFile, "-initrd", initrdFile, "-append", words]));
        return (Millions(guest, PerSecond), Millions(bare, PerSecond), "on the same board");
    }

    // The same, the bare kernel from a disk of its own: Bochs knows no other way.
    private static (double Guest, double Bare, string On) InBochs(BenchWorkspace work, string words, BochsBoard bochs)
    {
        Board board = work.Appliance.Board with { Bochs = bochs with { Cpu = BochsCpu } };
        (DebianArchive archive, LockFile locks, LinuxPayload payload) = (work.Archive, work.Locks, Payload(work));
        LinuxGuest linux = new(archive, locks);
        string disk = Path.Combine(work.Folder, "bare.img");
        File.WriteAllBytes(disk, BareKernelDisk.Make(File.ReadAllBytes(linux.KernelFile(payload.Package)), linux.Initrd(Guest, payload), words, archive, locks));
        double guest = SecondsToInit(work, Guest, new BochsMachine(BochsMachine.Program, board, work.Image, []));
        double bare = SecondsToInit(work, ConsoleDemultiplexer.Nobody, new BochsMachine(BochsMachine.Program, board, disk, []));
        return (Millions(guest, bochs.InstructionsPerSecond), Millions(bare, bochs.InstructionsPerSecond), $"on the same board with the CPU {BochsCpu}");
    }

    private static LinuxPayload Payload(BenchWorkspace work) => (LinuxPayload)work.Appliance.Guests[0].Payload;

    private static double Millions(double seconds, double perSecond) => seconds * perSecond / 1e6;

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

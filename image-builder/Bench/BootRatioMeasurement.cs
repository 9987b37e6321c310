using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>
/// How long a stock Debian kernel takes to its /init as a guest and without a hypervisor, on the same emulated board, by
/// its own clock. Under icount a nanosecond of it is an instruction of the board, whatever else the host does.
/// </summary>
public static partial class BootRatioMeasurement
{
    private const string Guest = "linux";
    private const double Aim = 1.5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

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
        double guest = SecondsToInit(work, Guest, []);
        (string kernel, string initrd) = Files(work);
        double bare = SecondsToInit(work, ConsoleDemultiplexer.Nobody, ["-m", "256M", "-kernel", kernel, "-initrd", initrd, "-append", words]);
        double ratio = guest / bare;
        return new("A Debian guest's boot beside the bare kernel", string.Create(CultureInfo.InvariantCulture, $"""
            From its first line to its /init the kernel ({words}, one CPU, 256 MiB) takes {guest * 1000:N0} million instructions as a guest and {bare * 1000:N0} million without a hypervisor on the same board: {ratio:F2} times as many{(ratio > Aim ? " (missed)" : "")}, aim <= {Aim:F1}. By the kernel's clock under icount; what it sleeps is in both.

            """));
    }

    private static (string Kernel, string Initrd) Files(BenchWorkspace work)
    {
        StepProgress progress = new();
        LinuxGuest guest = new(new DebianArchive(Workspace.Cache, work.Appliance.Board.Architecture, progress), LockFile.Open(work.Appliance.ManifestPath));
        (byte[] kernel, byte[] initrd) = guest.Make(Guest, (LinuxPayload)work.Appliance.Guests[0].Payload);
        string kernelFile = Path.Combine(work.Folder, "kernel"), initrdFile = Path.Combine(work.Folder, "initrd");
        File.WriteAllBytes(kernelFile, kernel);
        File.WriteAllBytes(initrdFile, initrd);
        return (kernelFile, initrdFile);
    }

    private static double SecondsToInit(BenchWorkspace work, string console, IReadOnlyList<string> more)
    {
        Script script = new(console);
        script.Expect(Began());
        RunEnd end = new RunSession([Guest], [script], new ConsoleView(TextWriter.Null, false), work.Folder).Run(work.Machine([.. work.Counting, .. more]), Limit);
        Match began = Began().Match(work.Console(console));
        if (end is not RunEnd.Seen || !began.Success)
            throw new BuildException($"the Debian kernel did not come to its /init on {console}");
        return double.Parse(began.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\[ *(\d+\.\d+)\] Run /init as init process")]
    private static partial Regex Began();
}

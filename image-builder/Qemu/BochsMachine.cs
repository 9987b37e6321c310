using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>A board made by Bochs. Its COM1 is a socket that Bochs connects to, so that both directions work.</summary>
/// <param name="more">Lines of a bochsrc that come last and so win.</param>
public sealed partial class BochsMachine(string program, Board board, string image, IReadOnlyList<string> more) : IMachine
{
    public const string Program = "bochs";
    public const string Bios = "/usr/share/bochs/BIOS-bochs-latest";
    public const string VgaBios = "/usr/share/vgabios/vgabios.bin";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public IReadOnlyList<string> Command => [program, "-q", "-unlock", "-f", "BOCHSRC", .. Settings(0, IsOld(program), "LOG").Select(line => line.Trim())];

    public RunningMachine Start() => RunningMachine.StartIn("bulkhead-bochs", StartWith);

    private RunningMachine StartWith(string folder)
    {
        bool isOld = IsOld(program);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start(1);
        string settings = Path.Combine(folder, "bochsrc"), debugger = Path.Combine(folder, "continue");
        File.WriteAllLines(settings, Settings(((IPEndPoint)listener.LocalEndpoint).Port, isOld, Path.Combine(folder, "log")));
        File.WriteAllText(debugger, "c\n");
        // Debian's 2.7 is built with its debugger, which waits for a first command.
        Process process = RunningMachine.Start(program, ["-q", "-unlock", "-f", settings, .. isOld ? new[] { "-rc", debugger } : []]);
        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEndAsync();
        Task<TcpClient> line = listener.AcceptTcpClientAsync();
        if (Task.WaitAny([line, process.WaitForExitAsync()], Patience) != 0)
        {
            process.Kill(true);
            process.WaitForExit();
            string log = Path.Combine(folder, "log");
            string last = File.Exists(log) ? string.Join('\n', File.ReadAllLines(log).Where(text => text.Contains('p') && Panic().IsMatch(text)).DefaultIfEmpty("its log says nothing")) : "no log";
            throw new BuildException($"Bochs did not start its board: {last}");
        }
        line.Result.NoDelay = true;
        NetworkStream stream = line.Result.GetStream();
        // It ends with 1 whatever the reason was.
        return new RunningMachine(process, stream, stream) { TellsOfFailure = false, Folder = folder };
    }

    private List<string> Settings(int port, bool isOld, string log)
    {
        BochsBoard bochs = board.Bochs ?? throw new BuildException($"Bochs does not make this board; './bulkhead run --board {board.Name}' does");
        return
        [
            "config_interface: textconfig",
            // A display that nobody has to look at; 2.7 as Debian builds it has only one that a viewer may connect to.
            isOld ? "display_library: rfb, options=\"timeout=0\"" : "display_library: nogui",
            $"romimage: file={Bios}",
            $"vgaromimage: file={VgaBios}",
            $"megs: {bochs.Memory >> 20}",
            // The longest turn of a CPU that there is: between two turns Bochs does more than in them.
            $"cpu: model={bochs.Cpu}, count={board.CpuIds.Count}, quantum=32, ips={bochs.InstructionsPerSecond}, reset_on_triple_fault=0, ignore_bad_msrs=1",
            "clock: sync=none, time0=utc",
            "sound: driver=dummy",
            // Its second number is the first of a block whose seventh port is the control register.
            $"ata0: enabled=1, ioaddr1=0x{board.Pc.DiskPort:x}, ioaddr2=0x{board.Pc.DiskControlPort - 6:x}, irq=14",
            // Volatile: what is written is forgotten when the run ends.
            $"ata0-master: type=disk, path=\"{image}\", mode=volatile, cylinders=0, heads=0, spt=0",
            "boot: disk",
            $"com1: enabled=1, mode=socket-client, dev=127.0.0.1:{port}",
            "panic: action=fatal",
            "error: action=report",
            $"log: {log}",
            .. more,
        ];
    }

    /// <summary>The version a Bochs says it is; null when it cannot be started.</summary>
    public static string? VersionOf(string program)
    {
        try
        {
            // It has no option for just that.
            return Said().Match(Tool.RunForAll(program, ["--help"])) is { Success: true } match ? match.Groups[1].Value : null;
        }
        catch (BuildException)
        {
            return null;
        }
    }

    /// <summary>The CPU models a Bochs has; empty when it cannot be started. 2.7 lists them on its standard error.</summary>
    public static IReadOnlyList<string> ModelsOf(string program)
    {
        try
        {
            return [.. Model().Matches(Tool.RunForAll(program, ["--help", "cpu"])).Select(match => match.Value)];
        }
        catch (BuildException)
        {
            return [];
        }
    }

    private static bool IsOld(string program) => VersionOf(program) is not { } version || version[0] < '3';

    [GeneratedRegex(@"Bochs x86 Emulator (\d+\.\d+)")]
    private static partial Regex Said();

    // A line of its own; what else it says has spaces.
    [GeneratedRegex(@"^[a-z][a-z0-9_]+\r?$", RegexOptions.Multiline)]
    private static partial Regex Model();

    [GeneratedRegex(@"^\d+p\[|PANIC")]
    private static partial Regex Panic();
}

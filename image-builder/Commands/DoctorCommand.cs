using System.CommandLine;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead doctor: tools, versions, what is missing and how to get it.</summary>
public static partial class DoctorCommand
{
    private const string Description = """
        Say which tools are here, their versions, and how to get those that are not.

        With --yes it installs what is missing. Ends with 0 when everything is there, with 4 when something is missing.
        """;

    private static readonly (Purpose Purpose, string Title)[] Groups =
        [(Purpose.Build, "to build"), (Purpose.Run, "to run"), (Purpose.RunPc, "to run a PC"), (Purpose.RunBochs, "to run a PC in Bochs"), (Purpose.Test, "to test")];

    // Kernels unpacked, .NET's packages and an own QEMU come to some 2 GiB.
    private const double WantedGigabytes = 3;

    public static Command Create()
    {
        Option<string?> bochs = new("--bochs") { Description = "Another Bochs than this machine's, to look at.", HelpName = "PATH" };
        Command command = new("doctor", Description) { bochs };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (parsed.GetValue(GlobalOptions.Yes))
                Prerequisites.Ensure(Purpose.All, true);
            foreach ((Purpose purpose, string title) in Groups)
            {
                Console.WriteLine(title);
                foreach ((string tool, string package, _, string use) in Prerequisites.Needed.Where(need => (need.Purpose & purpose) != 0))
                    Line(Path.GetFileName(tool), Prerequisites.Find(tool) is { } path ? Version(path, package) : "missing", use);
                if (purpose == Purpose.Build)
                    Line("dotnet", Try("dotnet", "--version") ?? "missing", "compiles everything; global.json says which");
                if (purpose == Purpose.RunPc)
                    OwnQemu();
                if (purpose == Purpose.RunBochs)
                    Bochs(parsed.GetValue(bochs));
            }
            Machine();
            if (Prerequisites.Missing(Purpose.All) is not { Count: > 0 } missing)
                return ExitCode.Ok;
            Console.WriteLine($"\nmissing; './bulkhead doctor --yes' installs it, or:\n  {(Environment.IsPrivilegedProcess ? "" : "sudo ")}apt-get install --no-install-recommends {string.Join(' ', missing)}");
            return ExitCode.MissingTools;
        }));
        return command;
    }

    private static void OwnQemu()
    {
        ToolRoot tools = new(Workspace.Cache, new StepProgress());
        foreach (string program in new[] { "qemu-system-aarch64", "qemu-system-x86_64" })
        {
            string? version = Try(tools.Command(program, QemuChoice.PackageOf(program)), "--version");
            Line("own " + program, version is null ? "not fetched" : Number().Match(version).Value,
                "for 'run --qemu 10.0', which fetches it from backports without installing it");
        }
    }

    // Which of the boards that Bochs makes it can make: a board is a model of a CPU.
    private static void Bochs(string? other)
    {
        string program = other ?? BochsMachine.Program;
        if (other is not null)
            Line(Path.GetFileName(other), BochsMachine.VersionOf(other) ?? "does not start", "for 'run --bochs'");
        IReadOnlyList<string> models = BochsMachine.ModelsOf(program);
        string boards = Path.Combine(Workspace.Root, "boards");
        foreach (string name in BoardLoader.Names(boards))
        {
            if (BoardLoader.Load(Path.Combine(boards, name, BoardLoader.FileName), new DiagnosticBag()) is { Bochs.Cpu: var cpu })
                Line("board " + name, models.Contains(cpu) ? "can be made" : "cannot be made", $"by {Path.GetFileName(program)} with {(models.Contains(cpu) ? "its" : "a")} CPU model {cpu}");
        }
    }

    private static void Machine()
    {
        Console.WriteLine("this machine");
        bool apt = Prerequisites.Find("apt-get") is not null && DebianSources.Release.Length != 0;
        Line("packages", apt ? DebianSources.Release : "no apt", apt ? "where guests' kernels and missing tools come from" : "without it there are no stock kernels for guests, and tools come by other means");
        double free = new DriveInfo(Workspace.Root).AvailableFreeSpace / Math.Pow(1024, 3);
        Line("free disk", $"{free:0.#} GiB", free < WantedGigabytes ? $"little: {WantedGigabytes} GiB are wanted in {Workspace.Root}" : $"in {Workspace.Root}");
    }

    private static void Line(string what, string state, string use) => Console.WriteLine($"  {what,-24} {state,-16} {use}");

    // The tool's own word, else the package's: not every tool says a number.
    private static string Version(string path, string package) =>
        Try(path, "--version") is { } said && Number().Match(said) is { Success: true } match
            ? match.Value : Try("dpkg-query", "-W", "-f", "${Version}", package) ?? "here";

    private static string? Try(string tool, params string[] words)
    {
        try
        {
            return Tool.Run(tool, words).Trim();
        }
        catch (BuildException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+\.\d+[\w.+-]*")]
    private static partial Regex Number();
}

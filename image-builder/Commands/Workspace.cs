using System.Diagnostics;
using Bulkhead.ImageBuilder.BlackBox;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>The checkout: where things are, and the steps that commands share.</summary>
public static class Workspace
{
    private static string[] BoardProjects(CpuArchitecture architecture) => architecture == CpuArchitecture.Arm64
        ? ["arch/arm64/FirstStage/FirstStage.csproj", "arch/arm64/Hypervisor.Arm64.csproj"]
        : ["arch/x86_64/FirstStage/FirstStage.csproj", "arch/x86_64/Hypervisor.X86.csproj"];

    private const string ControlTool = "bulkheadctl";

    private static readonly HashSet<(string Project, CpuArchitecture Architecture)> s_compiled = [];

    public static string Root { get; } = FindRoot();
    public static string Cache => Path.Combine(Root, ".cache");
    public static string Outputs => OutputsOf(CpuArchitecture.Arm64);
    /// <summary>Where a board that runs can be asked (<see cref="Qemu.ManagementSocket"/>).</summary>
    public static string Sockets => Path.Combine(Root, "out");
    public static string DemoManifest => Path.Combine(Root, "partitions/demo/appliance.yaml");

    /// <summary>Where the board build leaves what it makes for an architecture.</summary>
    public static string OutputsOf(CpuArchitecture architecture) => Path.Combine(Root, "out", architecture == CpuArchitecture.Arm64 ? "arm64" : "x86_64");

    /// <summary>What the board build makes for an architecture, as an image takes it.</summary>
    public static BuildInputs InputsOf(CpuArchitecture architecture)
    {
        string outputs = OutputsOf(architecture);
        BuildInputs inputs = architecture == CpuArchitecture.Arm64
            ? new BuildInputs(Path.Combine(outputs, "first-stage.bin"), Path.Combine(outputs, "hypervisor.bin"), name => Path.Combine(outputs, name + ".bin"))
            : new BuildInputs(Path.Combine(outputs, "first-stage.elf"), Path.Combine(outputs, "hypervisor.elf"), name => Path.Combine(outputs, name + ".elf"));
        return inputs with { ControlTool = Path.Combine(outputs, ControlTool) };
    }

    /// <summary>Loads and checks a manifest; every error is on the terminal when this returns null.</summary>
    public static Appliance? Load(string manifest, string? board, bool withNotes)
    {
        DiagnosticBag bag = new();
        Appliance? appliance = ApplianceLoader.Load(manifest, Path.Combine(Root, "boards"), board, bag);
        new DiagnosticRenderer(Console.Error, !Console.IsErrorRedirected).Write(bag, withNotes);
        return appliance;
    }

    /// <summary>The boards a manifest is for; one null, which is whatever the manifest says, when that cannot be made out.</summary>
    public static IReadOnlyList<string?> Boards(string manifest) => [.. ApplianceLoader.Boards(manifest).DefaultIfEmpty<string?>(null)];

    /// <summary>Compiles what runs on the board, and the guests of this project that the appliance uses.</summary>
    public static void BuildBoard(Appliance? appliance, IProgress<string> progress)
    {
        // Whoever runs many times over unchanged sources, as the emulator tests do, compiles once and says so.
        if (Environment.GetEnvironmentVariable("BULKHEAD_COMPILED") == "1")
            return;
        IEnumerable<string> guests = appliance?.Guests.Select(guest => guest.Payload).OfType<KernelPayload>()
            .Select(payload => payload.Project).OfType<string>() ?? [];
        if (appliance is not null && appliance.Guests.Any(guest => guest is { IsControl: true, Payload: LinuxPayload }))
            guests = guests.Append(ControlTool);
        CpuArchitecture architecture = appliance?.Board.Architecture ?? CpuArchitecture.Arm64;
        foreach (string project in BoardProjects(architecture).Concat(guests.Distinct().Select(name => $"partitions/{name}/{name}.csproj")))
        {
            // A process that builds several images compiles each project once.
            if (!s_compiled.Add((project, architecture)))
                continue;
            progress.Report($"compiling {Path.GetFileNameWithoutExtension(project)}");
            Compile(project, architecture);
        }
    }

    /// <summary>Builds the image of a loaded appliance.</summary>
    public static void BuildImage(Appliance appliance, string output, IProgress<string> progress, ExternalSigning? signing = null)
    {
        BuildBoard(appliance, progress);
        ImageBuild.Build(appliance, InputsOf(appliance.Board.Architecture) with { Signing = signing ?? ExternalSigning.None }, Cache, output, progress);
        WriteSymbols(appliance.Board.Architecture, output);
        progress.Report($"image {output}");
    }

    // The hypervisor in the image has no names: they stay here, for its crash reports.
    private static void WriteSymbols(CpuArchitecture architecture, string output)
    {
        Routines routines = new Routines().Add(Path.Combine(OutputsOf(architecture), "hypervisor.elf"));
        WholeFile.Write(BoxSymbols.PathOf(output), System.Text.Encoding.ASCII.GetBytes(string.Join('\n', routines.Lines) + "\n"));
    }

    public static string ImagePath(Appliance appliance) => Path.Combine(Root, "out", $"{appliance.Name}-{appliance.Board.Name}.img");

    private static void Compile(string project, CpuArchitecture architecture)
    {
        string target = "-p:BoardArch=" + (architecture == CpuArchitecture.Arm64 ? "arm64" : "x64");
        ProcessStartInfo start = new("dotnet", ["build", Path.Combine(Root, project), target, "-c", "Release", "-m:1", "-nologo", "-v:q", "-clp:NoSummary"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using IDisposable end = Interruption.Undo(() => process.Kill(true));
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string log = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        if (process.ExitCode == 0)
            return;
        throw new BuildException($"{project} does not build:\n" + string.Join('\n', log.Split('\n').Take(30)));
    }

    private static string FindRoot()
    {
        string? folder = Environment.GetEnvironmentVariable("BULKHEAD_ROOT") ?? AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Appliance.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? Environment.CurrentDirectory;
    }
}

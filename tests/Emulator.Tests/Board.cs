using System.Diagnostics;
using System.Text;

namespace Bulkhead.Emulator.Tests;

/// <summary>Runs ./bulkhead as a user does.</summary>
public static class Board
{
    public static string Root => FindRoot();

    static Board()
    {
        foreach (string manifest in new[] { Path.Combine(Root, "partitions/demo/appliance.yaml"), Probes(("probe", 1, "hello")), Witness() })
        {
            string image = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-first").FullName, "first.img");
            (int exit, string output) = Start(false, ["build", manifest, "-o", image]);
            if (exit != 0)
                throw new InvalidOperationException(output);
            File.Delete(image);
        }
    }

    /// <returns>Exit code, and everything it said.</returns>
    public static (int Exit, string Output) Bulkhead(params string[] arguments) => Start(true, arguments);

    /// <summary>The same, after compiling what the board needs.</summary>
    internal static (int Exit, string Output) Compile(params string[] arguments) => Start(false, arguments);

    private static (int Exit, string Output) Start(bool compiled, string[] arguments)
    {
        using Process process = Process.Start(StartInfo(compiled, arguments))!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static ProcessStartInfo StartInfo(bool compiled, string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Root, "bulkhead"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Root,
        };
        // Who tries one test again and again has compiled, and says so.
        if (compiled)
            start.Environment["BULKHEAD_COMPILED"] = "1";
        return start;
    }

    /// <summary>Runs a manifest until a line was seen that is enough, or the time is over; then the board is switched off.</summary>
    /// <returns>Everything it said.</returns>
    public static string RunUntil(string manifest, int seconds, Func<string, bool> isEnough)
    {
        using Process process = Process.Start(StartInfo(true, ["run", manifest, "--timeout", $"{seconds}"]))!;
        process.StandardInput.Close();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        StringBuilder output = new();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            output.AppendLine(line);
            if (isEnough(line))
                break;
        }
        process.Kill(true);
        process.WaitForExit();
        return output.ToString();
    }

    /// <summary>A manifest of probe guests, each with its scenario; CPUs are given out in order.</summary>
    public static string Probes(params (string Guest, int Cpus, string Scenario)[] guests)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-test").FullName;
        string path = Path.Combine(folder, "appliance.yaml");
        using StreamWriter yaml = new(path);
        yaml.WriteLine("appliance: probes");
        yaml.WriteLine("board: qemu-virt-arm64");
        yaml.WriteLine("guests:");
        int cpu = 0;
        foreach ((string guest, int cpus, string scenario) in guests)
        {
            yaml.WriteLine($"  {guest}:");
            yaml.WriteLine($"    cpus: [{string.Join(", ", Enumerable.Range(cpu, cpus))}]");
            yaml.WriteLine("    memory: 16 MiB");
            yaml.WriteLine("    kernel:");
            yaml.WriteLine("      project: probe");
            yaml.WriteLine($"      cmdline: scenario={scenario} guest={guest}");
            cpu += cpus;
        }
        return path;
    }

    // What some tests put beside their guests.
    private static string Witness()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-test").FullName, "appliance.yaml");
        File.WriteAllText(path, "appliance: witness\nboard: qemu-virt-arm64\nguests:\n  witness: {cpus: [0], memory: 4 MiB, kernel: {project: witness}}\n");
        return path;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Appliance.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder!;
    }
}

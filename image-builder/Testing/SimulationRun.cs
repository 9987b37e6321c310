using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Testing;

/// <summary>tests/Simulation, built and run in a process of its own.</summary>
public static partial class SimulationRun
{
    private const string Project = "tests/Simulation";
    private const string Steps = "4000000";

    /// <summary>The same seed as always; then one that nobody has seen. And the list of mutants fits the sources.</summary>
    public static TestTally Test(string root)
    {
        Build(root);
        List<string> failing = [];
        int passed = 0;
        ulong fresh = (ulong)Random.Shared.NextInt64(1_000_000_000, 1_000_000_000_000);
        foreach (ulong seed in new[] { 1ul, fresh })
        {
            if (Start(root, ["--seed", seed.ToString(CultureInfo.InvariantCulture), "--steps", Steps], out string last) == 0)
                passed++;
            else
                failing.Add($"Simulation: {(FailedSeed().Match(last) is { Success: true } match ? $"./bulkhead simulate --seed {match.Groups[1].Value}" : $"seed {seed} did not come to its end")}");
        }
        if (Start(root, ["--check-mutants"], out _) == 0)
            passed++;
        else
            failing.Add("Simulation: a mutant of tests/Simulation/Mutants/MutantList.cs does not fit the sources any more");
        return new TestTally(passed, failing, new Dictionary<string, long>());
    }

    public static void Build(string root)
    {
        ProcessStartInfo start = new("dotnet", ["build", Path.Combine(root, Project), "-c", "Release", "-m:1", "-v", "q", "-nologo", "-clp:NoSummary"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        using IDisposable end = Interruption.Undo(() => process.Kill(true));
        string log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new BuildException($"the simulation does not compile:\n{log}");
    }

    /// <summary>The simulation's exit code: 0, or 1 when an invariant did not hold.</summary>
    /// <param name="last">The last line it wrote.</param>
    public static int Start(string root, IEnumerable<string> words, out string last)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(root, Project, "bin/Release/net10.0/Simulation.dll"), .. words]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        using IDisposable end = Interruption.Undo(() => process.Kill(true));
        last = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            Console.WriteLine(line);
            last = line;
        }
        process.WaitForExit();
        return process.ExitCode;
    }

    [GeneratedRegex("^seed ([0-9]+), step")]
    private static partial Regex FailedSeed();
}

using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Bulkhead.Simulation.Mutants;

/// <summary>
/// Every mutant in a process of its own, until an invariant does not hold, and before them the sources as they are, which must
/// hold. The last line counts those that were caught.
/// </summary>
internal static class MutantRun
{
    private const long Steps = 30_000_000;
    // What never comes to a point of the scheduler again has hung: caught, too.
    private const int PatienceSeconds = 600;

    public static int Run(string? only)
    {
        Mutant[] mutants = [.. MutantList.All.Where(mutant => only is null || mutant.Name.Contains(only, StringComparison.Ordinal))];
        MutantCompiler compiler = new();
        if (!DoApply(compiler, mutants))
            return 1;
        // What stops the sources as they are would stop every mutant, too.
        if (Try(typeof(MutantRun).Assembly.Location) is { } wrong)
        {
            Console.WriteLine($"the sources as they are: {wrong}; so nothing can be said of mutants");
            return 1;
        }
        int caught = 0;
        string folder = Directory.CreateTempSubdirectory("bulkhead-mutants").FullName;
        try
        {
            // Two at a time.
            foreach (Mutant[] pair in mutants.Chunk(2))
            {
                string[] programs = [.. pair.Select((_, i) => Path.Combine(folder, $"mutant{i}.dll"))];
                for (int i = 0; i < pair.Length; i++)
                    compiler.Write(pair[i], programs[i]);
                Task<string?>[] runs = [.. programs.Select(program => System.Threading.Tasks.Task.Run(() => Try(program)))];
                for (int i = 0; i < pair.Length; i++)
                {
                    string? found = runs[i].Result;
                    caught += found is null ? 0 : 1;
                    Console.WriteLine($"{(found is null ? "MISSED" : "caught")}  {pair[i].Name} ({Path.GetFileName(pair[i].File)}){(found is null ? "" : $": {found}")}");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
        Console.WriteLine($"{caught} of {mutants.Length} mutants caught");
        return caught == mutants.Length ? 0 : 1;
    }

    /// <summary>Without running them: whether the list still fits the sources.</summary>
    public static int Check()
    {
        if (!DoApply(new MutantCompiler(), MutantList.All))
            return 1;
        Console.WriteLine($"{MutantList.All.Length} mutants fit the sources");
        return 0;
    }

    private static bool DoApply(MutantCompiler compiler, Mutant[] mutants)
    {
        bool all = true;
        foreach (Mutant mutant in mutants.Where(mutant => !compiler.Applies(mutant)))
        {
            all = false;
            Console.WriteLine($"mutant '{mutant.Name}': {mutant.File} does not say '{mutant.Text}' once");
        }
        return all;
    }

    // What was found; null for nothing.
    private static string? Try(string program)
    {
        ProcessStartInfo start = new("dotnet", [program, "--seed", "1", "--steps", Steps.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(PatienceSeconds * 1000))
        {
            process.Kill(true);
            return "hangs";
        }
        process.WaitForExit();
        if (process.ExitCode == 0)
            return null;
        string[] lines = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string? said = lines.LastOrDefault(line => line.StartsWith("seed ", StringComparison.Ordinal) && line.Contains("step", StringComparison.Ordinal));
        return said ?? $"ends with {process.ExitCode}: {errors.Result.Split('\n')[0]}";
    }
}

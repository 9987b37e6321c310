using System;
using System.Diagnostics;
using System.Globalization;
using Bulkhead.Simulation.Mutants;

namespace Bulkhead.Simulation;

/// <summary>Lives of boards, one seed after the other. The last line says what came of it.</summary>
internal static class Program
{
    private const long StepsOfALife = 40_000;

    private static int Main(string[] words)
    {
        ulong seed = 1;
        long steps = 1_000_000;
        bool trace = false;
        for (int i = 0; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "--seed":
                    seed = ulong.Parse(words[++i], CultureInfo.InvariantCulture);
                    break;
                case "--steps":
                    steps = long.Parse(words[++i], CultureInfo.InvariantCulture);
                    break;
                case "--trace":
                    trace = true;
                    break;
                case "--mutants":
                    return MutantRun.Run(i + 1 < words.Length ? words[i + 1] : null);
                case "--check-mutants":
                    return MutantRun.Check();
                default:
                    Console.Error.WriteLine($"what is {words[i]}?");
                    return 2;
            }
        }
        return Run(seed, steps, trace);
    }

    // One thread runs at a time, and the next one begins soonest where it is.
    private static void UseOneProcessor()
    {
        using Process own = Process.GetCurrentProcess();
        if (OperatingSystem.IsLinux())
            own.ProcessorAffinity = 1 << Environment.ProcessId % Environment.ProcessorCount;
    }

    private static int Run(ulong seed, long steps, bool trace)
    {
        UseOneProcessor();
        Stopwatch time = Stopwatch.StartNew();
        Tally tally = new();
        Console.WriteLine($"seed {seed}");
        while (tally.Steps < steps)
        {
            long budget = Math.Min(StepsOfALife, steps - tally.Steps);
            Life life = new(seed, budget, tally, new TraceLog(trace, 0));
            life.Run();
            tally.Lives++;
            tally.Steps += life.Steps;
            if (life.Violation is { } violation)
            {
                // Once more, for the way to it.
                TraceLog log = new(false, 60);
                new Life(seed, budget, new Tally(), log).Run();
                foreach (string line in log.Last)
                    Console.WriteLine(line);
                Console.WriteLine($"seed {seed}, step {life.Steps}: {violation}");
                return 1;
            }
            seed++;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{tally.Steps} steps in {time.Elapsed.TotalSeconds:0.0} s: {tally.Lives} boards, {tally.PowerCycles} power cycles, {tally.PowerLosses} power losses, {tally.Resets} resets, {tally.Halts} refusals, {tally.Starts} guest starts, {tally.Stops} ends, {tally.Requests} requests, {tally.Exits} exits, {tally.Interrupts} interrupts, {tally.Events} outside events, {tally.Settled} times at rest, {tally.Tables} wrong tables, {tally.Bundles} bundles, {tally.Refused} of them refused, {tally.Activated} sets on trial, {tally.Confirmed} confirmed, {tally.RolledBack} rolled back, {tally.Programs} flash programs, {tally.Erases} erases"));
        return 0;
    }
}

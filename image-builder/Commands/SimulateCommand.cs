using System.CommandLine;
using System.Globalization;
using Bulkhead.ImageBuilder.Testing;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead simulate: the portable core on boards of threads, every interleaving by the dice.</summary>
public static class SimulateCommand
{
    private const string Description = """
        Run the hypervisor's core on simulated boards: interleavings, guests, hardware errors and power loss by seed.

        Boards follow each other, each with the next seed. When an invariant does not hold, the last lines before it and the
        seed of that board are printed; --seed with that number plays it again, and --trace prints all of it.
        """;

    public static Command Create()
    {
        Option<ulong?> seed = new("--seed") { Description = "The first board's seed; a new one each time without.", HelpName = "N" };
        Option<long> steps = new("--steps") { Description = "How many steps in all.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        Option<bool> trace = new("--trace") { Description = "Print what happens, line by line." };
        Option<bool> mutants = new("--mutants") { Description = "Plant known bugs, one at a time, and see each found." };
        Command command = new("simulate", Description) { seed, steps, trace, mutants };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            SimulationRun.Build(Workspace.Root);
            if (parsed.GetValue(mutants))
                return SimulationRun.Start(Workspace.Root, ["--mutants"], out _) == 0 ? ExitCode.Ok : ExitCode.Failed;
            ulong first = parsed.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(1_000_000_000, 1_000_000_000_000);
            List<string> words = ["--seed", first.ToString(CultureInfo.InvariantCulture), "--steps", parsed.GetValue(steps).ToString(CultureInfo.InvariantCulture)];
            if (parsed.GetValue(trace))
                words.Add("--trace");
            return SimulationRun.Start(Workspace.Root, words, out _) == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }
}

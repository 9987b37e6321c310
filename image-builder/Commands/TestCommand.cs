using System.CommandLine;
using Bulkhead.ImageBuilder.Testing;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead test: every test, and one closing line that counts them.</summary>
public static class TestCommand
{
    private const string Description = """
        Run the tests: the hypervisor's core and the builder on this machine, then real images in QEMU.

        The last line is 'N passed, N failed'; lines before it name those that failed. Tests marked Tier=long are left to
        --all, which also boots the images in QEMU 10.0 (from backports, in a folder of our own; nothing is installed).
        """;

    // What takes longer than a developer waits: [Trait("Tier", "long")].
    private const string Short = "Tier!=long";

    private static readonly string[] OnHost = ["HvCore.Tests", "ImageBuilder.Tests"];
    private const string InEmulator = "Emulator.Tests", NewerQemu = "10.0";

    public static Command Create()
    {
        Option<bool> hostOnly = new("--host-only") { Description = "Leave out the tests that boot images in QEMU." };
        Option<bool> all = new("--all") { Description = $"The long tests too, and the images in QEMU {NewerQemu} as well." };
        Option<string?> filter = new("--filter") { Description = "Only the tests that this filter of 'dotnet test' selects.", HelpName = "EXPRESSION" };
        Command command = new("test", Description) { hostOnly, all, filter };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (!Prerequisites.Ensure(Purpose.All, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            bool everything = parsed.GetValue(all);
            string selected = string.Join('&', new[] { parsed.GetValue(filter) is { } own ? $"({own})" : null, everything ? null : Short }.OfType<string>());
            // Of some of the tests it would say nothing.
            bool measure = parsed.GetValue(filter) is null;
            List<TestTally> tallies = [.. OnHost.Select(project => Run(project, selected, null, measure))];
            if (measure)
            {
                Console.WriteLine("== Simulation");
                tallies.Add(SimulationRun.Test(Workspace.Root));
            }
            if (!parsed.GetValue(hostOnly))
                tallies.Add(Run(InEmulator, selected, null, measure));
            if (!parsed.GetValue(hostOnly) && everything)
                tallies.Add(Run(InEmulator, selected, NewerQemu, measure));
            if (tallies.Select(tally => tally.Coverage).OfType<LineCoverage>().FirstOrDefault() is { } coverage)
                Console.WriteLine($"hv-core on this machine: {coverage}");
            foreach (IGrouping<string, KeyValuePair<string, long>> one in tallies.SelectMany(tally => tally.Survived).GroupBy(one => one.Key))
                Console.WriteLine($"{one.Sum(count => count.Value):N0} {one.Key} survived");
            string[] failing = [.. tallies.SelectMany(tally => tally.Failing)];
            foreach (string name in failing)
                Console.WriteLine($"failed: {name}");
            Console.WriteLine($"{tallies.Sum(tally => tally.Passed)} passed, {failing.Length} failed");
            return failing.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    private static TestTally Run(string project, string filter, string? qemu, bool measure)
    {
        Console.WriteLine($"== {project}{(qemu is null ? "" : $" on QEMU {qemu}")}");
        return TestRun.Run(Path.Combine(Workspace.Root, "tests", project), filter, qemu, measure);
    }
}

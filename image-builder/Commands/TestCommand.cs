using System.CommandLine;
using Bulkhead.ImageBuilder.Testing;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead test: every test, and one closing line that counts them.</summary>
public static class TestCommand
{
    private static readonly string[] OnHost = ["HvCore.Tests", "ImageBuilder.Tests"], InEmulator = ["Emulator.Tests"];

    public static Command Create()
    {
        Option<bool> hostOnly = new("--host-only") { Description = "Leave out the tests that boot images in QEMU." };
        Option<string?> filter = new("--filter") { Description = "Only the tests that this filter of 'dotnet test' selects.", HelpName = "EXPRESSION" };
        Command command = new("test", "Run every test: the hypervisor's core and the builder on this machine, then real images in QEMU.") { hostOnly, filter };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (!Prerequisites.Ensure(Purpose.All, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            IEnumerable<string> projects = parsed.GetValue(hostOnly) ? OnHost : OnHost.Concat(InEmulator);
            List<TestTally> tallies = [];
            foreach (string project in projects)
            {
                Console.WriteLine($"== {project}");
                tallies.Add(TestRun.Run(Path.Combine(Workspace.Root, "tests", project), parsed.GetValue(filter)));
            }
            string[] failing = tallies.SelectMany(tally => tally.Failing).ToArray();
            foreach (string name in failing)
                Console.WriteLine($"failed: {name}");
            Console.WriteLine($"{tallies.Sum(tally => tally.Passed)} passed, {failing.Length} failed");
            return failing.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }
}

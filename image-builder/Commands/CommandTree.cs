using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Every command, and the rules they share: usage errors, and what follows "--".</summary>
public static partial class CommandTree
{
    private const string Description = """
        Bulkhead: several operating systems on one board, from one manifest and one flash image.

        Start here:
          ./bulkhead run                  build the demo, boot it in QEMU, see every guest's console
          ./bulkhead test                 run every test
          ./bulkhead check FILE.yaml      all errors of your own manifest at once
          ./bulkhead run FILE.yaml        build and boot it
          ./bulkhead COMMAND --help       more about one command

        Exit codes: 0 done; 1 what was asked for failed; 2 wrong usage; 3 errors in a manifest; 4 a tool is missing;
        5 the build failed; 6 an --expect was not seen in time; 130 ended by Ctrl-C.
        """;

    public static int Run(string[] words)
    {
        int split = Array.IndexOf(words, "--");
        string[] own = split < 0 ? words : words[..split], qemu = split < 0 ? [] : words[(split + 1)..];
        RootCommand root = Make(qemu);
        ParseResult parsed = root.Parse(own);
        // The list of commands has a line for each; a command's own help has the rest.
        foreach (Command command in parsed.CommandResult.Command is RootCommand ? root.Subcommands : [])
            command.Description = command.Description?.Split('\n')[0];
        if (parsed.Action is ParseErrorAction error)
        {
            error.ShowHelp = own.Length == 0;
            StringWriter complaint = new();
            parsed.InvocationConfiguration.Error = complaint;
            parsed.Invoke();
            Console.Error.Write(NoNumber().Replace(complaint.ToString(), "$2 wants a number, not '$1'"));
            if (own.Length != 0)
                Console.Error.WriteLine($"'{Name(parsed.CommandResult)} --help' says what there is.");
            return ExitCode.Usage;
        }
        if (qemu.Length != 0 && parsed.CommandResult.Command.Name != "run")
        {
            Console.Error.WriteLine("only 'run' takes words after --: they go to QEMU");
            return ExitCode.Usage;
        }
        using IDisposable watch = Interruption.Watch();
        return parsed.Invoke();
    }

    // The library names the type it wanted, System.Nullable`1[System.Double] for one.
    [GeneratedRegex(@"Cannot parse argument '(.*)' for option '(.*)' as expected type '.*'\.")]
    private static partial Regex NoNumber();

    // Of `keys new` both words.
    private static string Name(CommandResult command) => command.Parent is CommandResult parent ? $"{Name(parent)} {command.Command.Name}" : "./bulkhead";

    private static RootCommand Make(IReadOnlyList<string> qemu)
    {
        RootCommand root = new(Description)
        {
            RunCommand.Create(qemu),
            BuildCommand.Create(),
            CheckCommand.Create(),
            InspectCommand.Create(),
            BlackBoxCommand.Create(),
            GuestCommand.Create(),
            UpdateCommand.Create(),
            SlotsCommand.Create(),
            FleetCommand.Create(),
            TestCommand.Create(),
            SimulateCommand.Create(),
            BenchCommand.Create(),
            ExplainCommand.Create(),
            RelockCommand.Create(),
            KeysCommand.Create(),
            PackageCommand.Create(),
            VerifyCommand.Create(),
            DoctorCommand.Create(),
        };
        root.Add(CompletionCommand.Create(root));
        root.Options.Add(GlobalOptions.Yes);
        return root;
    }
}

using System.CommandLine;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead run: builds an appliance and boots it in QEMU.</summary>
public static class RunCommand
{
    public static Command Create()
    {
        Argument<string?> manifest = ManifestArguments.Optional();
        Option<string?> board = ManifestArguments.Board();
        Option<double?> timeout = new("--timeout") { Description = "End after so many seconds." };
        Option<string[]> expect = new("--expect") { Description = "GUEST=REGEX: end with 0 as soon as every one has been seen on that guest's console." };
        Option<string[]> send = new("--send") { Description = "GUEST=TEXT: type it once all of that guest's earlier --expect were seen; \\n, \\t, \\xNN work." };
        Option<string?> log = new("--log") { Description = "Folder for one file per console, and raw.log." };
        Option<bool> print = new("--print-command") { Description = "Print QEMU's command line and end." };
        Option<bool> kernel = new("--via-kernel") { Description = "Start without flash: the hypervisor by -kernel, the image as its initrd." };
        Option<string> qemu = new("--qemu") { Description = "The QEMU to use.", DefaultValueFactory = _ => QemuCommandLine.Program };
        Option<string?> image = new("--image") { Description = "Run this image instead of building one." };
        Option<bool> yes = ManifestArguments.Yes();
        Argument<string[]> more = new("QEMU ARGS") { Description = "After --: handed to QEMU as they are.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("run", "Build an appliance and boot it in QEMU. Ctrl-T and a digit give a guest the keyboard; Ctrl-T q ends.")
            { manifest, board, timeout, expect, send, log, print, kernel, qemu, image, yes, more };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string? path = parsed.GetValue(manifest);
            List<string> extra = [.. parsed.GetValue(more) ?? []];
            // Without a manifest, the first word after -- lands in its place.
            if (path is not null && path.StartsWith('-'))
            {
                extra.Insert(0, path);
                path = null;
            }
            if (!Prerequisites.Ensure(parsed.GetValue(yes)))
                return ExitCode.MissingTools;
            Appliance? appliance = Workspace.Load(path ?? Workspace.DemoManifest, parsed.GetValue(board), false);
            if (appliance is null)
                return ExitCode.Manifest;
            if (!TryScripts(parsed, expect, send, appliance, out List<Script> scripts))
                return ExitCode.Usage;
            string built = parsed.GetValue(image) ?? Workspace.ImagePath(appliance);
            if (parsed.GetValue(image) is null)
                Workspace.BuildImage(appliance, built, new StepProgress());
            string? hypervisor = parsed.GetValue(kernel) ? Path.Combine(Workspace.Outputs, "hypervisor.bin") : null;
            IReadOnlyList<string> arguments = QemuCommandLine.Make(appliance.Board, built, hypervisor, extra);
            string program = parsed.GetRequiredValue(qemu);
            if (parsed.GetValue(print))
            {
                Console.WriteLine($"{program} {string.Join(' ', arguments.Select(word => word.Contains(' ') ? $"'{word}'" : word))}");
                return ExitCode.Ok;
            }
            ConsoleView view = new(Console.Out, !Console.IsOutputRedirected);
            RunSession session = new(appliance.Guests.Select(guest => guest.Name).ToArray(), scripts, view, parsed.GetValue(log));
            TimeSpan? limit = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            bool done = session.Run(program, arguments, limit);
            if (done || scripts.Count == 0)
                return ExitCode.Ok;
            foreach (string missing in scripts.SelectMany(script => script.Missing))
                Console.Error.WriteLine($"not seen: {missing}");
            return ExitCode.Expectation;
        }));
        return command;
    }

    private static bool TryScripts(ParseResult parsed, Option<string[]> expect, Option<string[]> send, Appliance appliance, out List<Script> scripts)
    {
        Dictionary<string, Script> byGuest = [];
        scripts = [];
        // Order matters between the two options, so the words are walked as they were typed.
        IReadOnlyList<string> words = parsed.Tokens.Select(token => token.Value).ToArray();
        for (int i = 0; i + 1 < words.Count && words[i] != "--"; i++)
        {
            if (words[i] != expect.Name && words[i] != send.Name)
                continue;
            string[] pair = words[i + 1].Split('=', 2);
            if (pair.Length != 2 || (pair[0] != "bulkhead" && pair[0] != ConsoleDemultiplexer.Nobody && appliance.Guests.All(guest => guest.Name != pair[0])))
            {
                Console.Error.WriteLine($"{words[i]} {words[i + 1]}: wants GUEST=..., with one of {string.Join(", ", appliance.Guests.Select(guest => guest.Name))}, bulkhead");
                return false;
            }
            if (!byGuest.TryGetValue(pair[0], out Script? script))
                scripts.Add(byGuest[pair[0]] = script = new Script(pair[0]));
            try
            {
                if (words[i] == expect.Name)
                    script.Expect(new Regex(pair[1], RegexOptions.CultureInvariant | RegexOptions.Multiline));
                else
                    script.Send(Regex.Unescape(pair[1]));
            }
            catch (RegexParseException error)
            {
                Console.Error.WriteLine($"{words[i]} {words[i + 1]}: {error.Message}");
                return false;
            }
            i++;
        }
        return true;
    }
}

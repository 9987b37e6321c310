using System.CommandLine;
using Bulkhead.ImageBuilder.BlackBox;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;
using Microsoft.Win32.SafeHandles;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead run: builds an appliance and boots it in an emulator.</summary>
public static class RunCommand
{
    private const string Description = """
        Build an appliance and boot it in QEMU or Bochs; every guest's console appears as lines with its name before them.

        Keys go to the first guest, Ctrl-C too. Ctrl-T and a digit give them to another, Ctrl-T Enter lists the guests,
        Ctrl-T s says what state each is in, as a terminal's last row does in short, Ctrl-T Ctrl-T sends one Ctrl-T,
        Ctrl-T q ends. Words after -- go to QEMU as they are, or as lines into the bochsrc.

        For scripts: --expect ends the run with 0 as soon as all were seen, with 6 and the missing ones named when --timeout
        comes first. A --send waits for every earlier --expect of the same guest; an --expect after it looks only at what
        came after those. Expectations with no --send between them may be seen in any order.
          ./bulkhead run --timeout 120 --expect 'app=/# ' --send 'app=uname -m\n' --expect 'app=^aarch64'
        """;

    // A wait of more than 24 days is not one that the system can time.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    public static Command Create(IReadOnlyList<string> extra)
    {
        Argument<string?> manifest = ManifestArguments.Manifest();
        Option<string?> board = ManifestArguments.Board();
        Option<double?> timeout = new("--timeout") { Description = "End after so many seconds.", HelpName = "S" };
        Option<string[]> expect = new("--expect") { Description = "End with 0 once this, and every other, was seen on that guest's console ('bulkhead': the hypervisor's).", HelpName = "GUEST=REGEX" };
        Option<string[]> send = new("--send") { Description = "Type this after that guest's earlier --expect; knows \\n \\r \\t \\e \\\\ \\xNN.", HelpName = "GUEST=TEXT" };
        Option<string?> log = new("--log") { Description = "Write one file per console there, and raw.log.", HelpName = "DIR" };
        Option<bool> print = new("--print-command") { Description = "Print the emulator's command line and end; builds nothing." };
        Option<bool> kernel = new("--via-kernel") { Description = "Start by QEMU's -kernel: on arm64 the hypervisor, with the image as its initrd; on a PC the first stage, with the image as its disk." };
        Option<string?> qemu = new("--qemu") { Description = "The QEMU to use: a file, or a version (10.0) that this machine's package or a copy of our own from Debian's backports must have at least. $BULKHEAD_QEMU says it for every run.", HelpName = "PATH|VERSION" };
        Option<string?> bochs = new("--bochs") { Description = "The Bochs to use instead of this machine's, for a board that Bochs makes.", HelpName = "PATH" };
        Option<bool> uefi = new("--uefi") { Description = "Start a PC by UEFI instead of its BIOS." };
        Option<string?> image = new("--image") { Description = "Run this image instead of building one.", HelpName = "FILE" };
        Option<bool> keep = new("--keep") { Description = "Keep in the image what the board writes to its flash or disk; else it is forgotten." };
        timeout.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, out double seconds) && !(seconds > 0))
                result.AddError("--timeout wants more than 0 seconds");
        });
        Command command = new("run", Description) { manifest, board, timeout, expect, send, log, print, kernel, qemu, bochs, uefi, image, keep };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            Appliance? appliance = Workspace.Load(ManifestArguments.PathOf(parsed, manifest), parsed.GetValue(board), false);
            if (appliance is null)
                return ExitCode.Manifest;
            string[] guests = appliance.Guests.Select(guest => guest.Name).ToArray();
            // Before the build: a mistyped word shall not cost one.
            if (RunScripts.Read(parsed, expect.Name, send.Name, guests) is not { } scripts)
                return ExitCode.Usage;
            string file = parsed.GetValue(image) ?? Workspace.ImagePath(appliance);
            EmulatorOptions options = new(parsed.GetValue(qemu) ?? FromEnvironment(appliance.Board), parsed.GetValue(bochs), parsed.GetValue(kernel), parsed.GetValue(uefi), extra) { Keep = parsed.GetValue(keep) };
            if (appliance.Board.BlackBox is { } box)
                options = options with { Copy = new MemoryCopy(box, BlackBoxCommand.MemoryOf(file)) };
            EmulatorChoice choice = EmulatorChoice.Of(appliance.Board, file, options, new ToolRoot(Workspace.Cache, new StepProgress()));
            if (parsed.GetValue(print))
            {
                Console.WriteLine(string.Join(' ', choice.Machine.Command.Select(Quote)));
                return ExitCode.Ok;
            }
            if (new[] { options.Qemu, options.Bochs }.FirstOrDefault(named => named?.Contains('/') == true && !File.Exists(named)) is { } absent)
                throw new MissingToolException($"there is no {absent}");
            bool build = parsed.GetValue(image) is null;
            if (!Prerequisites.Ensure((build ? Purpose.Build : 0) | choice.Needs, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            if (build)
                Workspace.BuildImage(appliance, file, new StepProgress());
            else if (!File.Exists(file))
                throw new FileNotFoundException($"there is no image {file}");
            else if (ImageFirstStage.ArchitectureOf(file) != appliance.Board.Architecture)
                throw new BuildException($"{file} is no image that board '{appliance.Board.Name}' could start; './bulkhead inspect {file}' says what it is");
            choice.Provide();
            TimeSpan? limit = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) : null;
            RunEnd end = new RunSession(guests, scripts, MakeView(guests), parsed.GetValue(log), Workspace.Sockets) { Symbols = BoxSymbols.Beside(file) }.Run(choice.Machine, limit);
            return Finish(end, scripts);
        }));
        return command;
    }

    // One for every board of QEMU's; Bochs has no use for it.
    private static string? FromEnvironment(Board board) => board.Bochs is not null ? null : Environment.GetEnvironmentVariable("BULKHEAD_QEMU") is { Length: > 0 } wanted ? wanted : null;

    private static ConsoleView MakeView(IReadOnlyList<string> guests)
    {
        int width = guests.Append(ConsoleDemultiplexer.Hypervisor).Max(name => name.Length) + 1;
        // Not Console.Out: it takes no notice when a pipe's reader is gone, and the run would go on for nobody.
        StreamWriter output = new(new FileStream(new SafeFileHandle(1, false), FileAccess.Write, 1));
        return new ConsoleView(output, !Console.IsOutputRedirected, width) { Columns = () => TerminalSize.Columns };
    }

    private static int Finish(RunEnd end, IReadOnlyList<Script> scripts)
    {
        string[] missing = scripts.SelectMany(script => script.Missing).ToArray();
        if (end is RunEnd.Interrupted)
            return ExitCode.Interrupted;
        foreach (string expectation in missing)
            Console.Error.WriteLine($"not seen: {expectation}");
        return end is RunEnd.Broken ? ExitCode.Failed : missing.Length != 0 ? ExitCode.Expectation : ExitCode.Ok;
    }

    private static string Quote(string word) =>
        word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=+,./:@%".Contains(letter)) && word.Length != 0
            ? word : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

using System.CommandLine;
using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead update: brings a bundle to a board, and says what became of it.</summary>
public static class UpdateCommand
{
    private const string Description = """
        Update guests, hypervisor or table of a board that runs in this checkout, or of an image, with a bundle of ./bulkhead package.

        The bundle goes into the slots that do not run; the board checks and reads back all of it, then starts the guests
        in it from their new slots, on trial. Once they are confirmed the update is done, otherwise the board goes back by itself.
        What was sent before an interruption is not sent again.
          ./bulkhead update out/app.bhu --wait          to the running board; ends when it is confirmed (0) or rolled back (1)
          ./bulkhead update out/app.bhu --image F       into an image: on trial from its next start
          ./bulkhead update --confirm | --rollback | --abort | --log
        """;

    public static Command Create()
    {
        Argument<string?> file = new("BUNDLE.bhu") { Description = "An update bundle.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> image = new("--image") { Description = "Write into this image, which no board may be running, instead of updating a board.", HelpName = "FILE" };
        Option<bool> board = new("--board") { Description = "Update the board that runs here, as without --image." };
        Option<int?> run = LiveBoard.Run();
        Option<bool> keep = new("--no-activate") { Description = "Write and verify only." };
        Option<bool> wait = new("--wait") { Description = "Wait until the update is confirmed or rolled back." };
        Option<double> timeout = new("--timeout") { Description = "Seconds that --wait waits at most.", HelpName = "S", DefaultValueFactory = _ => 600 };
        Dictionary<string, Option<bool>> decisions = new()
        {
            ["confirm"] = new("--confirm") { Description = "Say that what is on trial works." },
            ["rollback"] = new("--rollback") { Description = "Send what is on trial back at once." },
            ["abort"] = new("--abort") { Description = "Forget a bundle that was not activated." },
            ["log"] = new("--log") { Description = "Show what updates did last." },
        };
        Command command = new("update", Description) { file, image, board, run, keep, wait, timeout };
        foreach (Option<bool> decision in decisions.Values)
            command.Add(decision);
        command.Validators.Add(result =>
        {
            int wanted = decisions.Values.Count(result.GetValue) + (result.GetValue(file) is null ? 0 : 1);
            if (wanted != 1)
                result.AddError("update wants a bundle, or one of --confirm, --rollback, --abort, --log");
            else if (result.GetValue(board) && result.GetValue(image) is not null)
                result.AddError("update either the board that runs (--board) or an image (--image)");
            else if (result.GetValue(wait) && result.GetValue(image) is not null)
                result.AddError("an image confirms nothing: --wait is for a board that runs");
        });
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string? path = parsed.GetValue(file);
            // Before anything is sent: a file that is no bundle.
            BundleFile? bundle = path is null ? null : BundleFile.Read(path);
            if (UpdateTarget.Open(parsed.GetValue(image), parsed.GetValue(run), true) is not { } channel)
                return ExitCode.Failed;
            using (channel)
            {
                try
                {
                    UpdateClient client = new(channel);
                    if (bundle is null)
                        return Decide(client, decisions.Single(decision => parsed.GetValue(decision.Value)).Key);
                    Bring(client, bundle, !parsed.GetValue(keep));
                    TimeSpan limit = TimeSpan.FromSeconds(parsed.GetValue(timeout));
                    return parsed.GetValue(wait) && !parsed.GetValue(keep) ? Report(UpdateOutcome.Await(client, bundle, limit)) : ExitCode.Ok;
                }
                catch (UpdateRefusedException refusal)
                {
                    Console.Error.WriteLine(path is null ? refusal.Message : $"{path}: refused: {refusal.Message}");
                    return ExitCode.Failed;
                }
            }
        }, ExitCode.Failed));
        return command;
    }

    private static void Bring(UpdateClient client, BundleFile bundle, bool activate)
    {
        client.Send(bundle, new ProgressLine("sending", bundle.Bytes.Length).Show);
        client.Verify(new ProgressLine("verifying", bundle.Bytes.Length).Show);
        if (activate)
            client.Activate(bundle);
        string units = string.Join(", ", bundle.Parts.Select(part => part.Unit));
        Console.Error.WriteLine(activate ? $"  on trial: {units}" : $"  written and verified: {units}");
    }

    private static int Decide(UpdateClient client, string command)
    {
        foreach (string line in client.Ask(command).SkipLast(1))
            Console.WriteLine(line.StartsWith("log ", StringComparison.Ordinal) ? line[4..] : line);
        string done = command switch
        {
            "confirm" => "  said that what is on trial works\n",
            "rollback" => "  what was on trial goes back\n",
            "abort" => "  the bundle is forgotten\n",
            _ => "",
        };
        Console.Error.Write(done);
        return ExitCode.Ok;
    }

    private static int Report(UpdateOutcome outcome)
    {
        Console.Error.WriteLine($"  {outcome.Text}");
        return outcome.IsConfirmed ? ExitCode.Ok : ExitCode.Failed;
    }
}

using System.CommandLine;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead guest: the guests of a board that `bulkhead run` runs in this checkout.</summary>
public static class GuestCommand
{
    private const string Description = """
        List, stop, start or restart guests of the board that ./bulkhead run runs in this checkout.

        The way is the hypervisor's management console on the board's UART (docs/abi.md); a manifest with
        `management: off` has none.
          ./bulkhead guest list
          ./bulkhead guest restart app
        """;

    public static Command Create()
    {
        Command command = new("guest", Description);
        command.Add(Make("list", "Each guest's state, and how often it was started.", null));
        foreach (string what in new[] { "stop", "start", "restart" })
            command.Add(Make(what, $"{char.ToUpperInvariant(what[0])}{what[1..]} one.", new Argument<string>("NAME") { Description = "The guest's name." }));
        return command;
    }

    private static Command Make(string what, string description, Argument<string>? name)
    {
        Option<int?> run = LiveBoard.Run();
        Command command = new(what, description) { run };
        if (name is not null)
            command.Add(name);
        command.SetAction(parsed => Guarded.Run(() => Ask(name is null ? what : $"{what} {parsed.GetRequiredValue(name)}", parsed.GetValue(run))));
        return command;
    }

    private static int Ask(string command, int? run)
    {
        if (LiveBoard.Find(run) is not { } board)
            return ExitCode.Failed;
        using IUpdateChannel channel = new BoardChannel(board);
        IReadOnlyList<string> answer = channel.Ask(command);
        if (answer[^1] == "ok")
        {
            if (answer.Count > 1)
                Array.ForEach([.. new GuestStates(answer, channel.Ask("status")).Rows], Console.WriteLine);
            return ExitCode.Ok;
        }
        Console.Error.WriteLine(answer[^1] switch
        {
            "error off" => "this appliance's manifest has `management: off`",
            "error unknown-guest" => "the board has no such guest; ./bulkhead guest list",
            "error no-answer" => "the board does not answer",
            string other => other,
        });
        return ExitCode.Failed;
    }
}

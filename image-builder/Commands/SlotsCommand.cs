using System.CommandLine;
using Bulkhead.ImageBuilder.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead slots: what each unit's two slots hold.</summary>
public static class SlotsCommand
{
    private const string Description = """
        Show every unit's slots: versions, digests, which one runs, what is on trial and how often it may still start.

          ./bulkhead slots                   of the board that ./bulkhead run runs in this checkout
          ./bulkhead slots out/demo.img      of an image
        """;

    public static Command Create()
    {
        Argument<string?> image = new("IMAGE") { Description = "An image; the running board when left out.", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> run = LiveBoard.Run();
        Option<bool> json = new("--json") { Description = "For programs; docs/updates.md has the keys." };
        Command command = new("slots", Description) { image, run, json };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (UpdateTarget.Open(parsed.GetValue(image), parsed.GetValue(run), false) is not { } channel)
                return ExitCode.Failed;
            using (channel)
            {
                IReadOnlyList<UnitSlots> units = new UpdateClient(channel).Slots();
                Console.Write(parsed.GetValue(json) ? SlotsText.Json(units) : SlotsText.Table(units));
            }
            return ExitCode.Ok;
        }, ExitCode.Failed));
        return command;
    }
}

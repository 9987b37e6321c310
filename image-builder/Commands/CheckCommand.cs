using System.CommandLine;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead check: every error of a manifest at once, building nothing.</summary>
public static class CheckCommand
{
    public static Command Create()
    {
        Argument<string?> manifest = ManifestArguments.Manifest();
        Option<string?> board = ManifestArguments.Board();
        Command command = new("check", "Check a manifest and its board; builds nothing.") { manifest, board };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string path = ManifestArguments.PathOf(parsed, manifest);
            // A manifest for several boards is checked on each of them.
            bool isManaged = false;
            string? control = null;
            IReadOnlyList<string?> boards = parsed.GetValue(board) is { } one ? [one] : Workspace.Boards(path);
            foreach (string? on in boards)
            {
                if (Workspace.Load(path, on, true) is not { } appliance)
                    return ExitCode.Manifest;
                isManaged = appliance.Management;
                control = appliance.Guests.FirstOrDefault(guest => guest.IsControl)?.Name;
            }
            Console.WriteLine($"{path}: no errors");
            Console.WriteLine($"management over the board's UART: {(isManaged ? "on, and nobody is asked for a password" : "off")}");
            if (!isManaged)
                Console.WriteLine(control is null ? "updates: of images only; no guest has `role: control`" : $"updates: by the guest {control} only");
            return ExitCode.Ok;
        }));
        return command;
    }
}

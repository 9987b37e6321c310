using System.CommandLine;
using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>The board that `bulkhead run` runs in this checkout, for commands that ask it something.</summary>
public static class LiveBoard
{
    public static Option<int?> Run() => new("--run") { Description = "Which run, by its process number, when several boards run.", HelpName = "PID" };

    /// <summary>The socket of the one board that is meant; null after saying why there is none.</summary>
    public static string? Find(int? run)
    {
        string[] boards = [.. ManagementSocket.Find(Workspace.Sockets).Where(path => run is null || path.EndsWith($"-{run}.sock", StringComparison.Ordinal))];
        if (boards.Length == 1)
            return boards[0];
        Console.Error.WriteLine(boards.Length == 0
            ? "no board runs here; ./bulkhead run starts one"
            : "several boards run here; --run takes one of " + string.Join(", ", boards.Select(path => Path.GetFileNameWithoutExtension(path).Split('-')[1])));
        return null;
    }
}

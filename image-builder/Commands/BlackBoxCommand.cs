using System.CommandLine;
using Bulkhead.BlackBox;
using Bulkhead.ImageBuilder.BlackBox;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead blackbox: what a board noted before it ended.</summary>
public static class BlackBoxCommand
{
    private const string Description = """
        Decode the black box of a board: crash records, last exits and events, consoles.

        'run' leaves a QEMU board's box beside its image when it ends; any copy of the box's 2 MiB can be read as well
        (its address is in the board's board.yaml), and an image read back from a board that keeps crash records in its flash
        (`run --keep`, with `crash_log: true`).
          ./bulkhead blackbox                        the demo's last run
          ./bulkhead blackbox my.yaml --board qemu-q35
          ./bulkhead blackbox dump.bin --json
          ./bulkhead blackbox --trace t.json         for chrome://tracing or ui.perfetto.dev
        """;

    public static Command Create()
    {
        Argument<string?> subject = new("IMAGE|APPLIANCE.yaml|DUMP") { Description = "An image, a manifest whose image it is, or a copy of the box; the demo when left out.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> board = ManifestArguments.Board();
        Option<bool> json = new("--json") { Description = "For programs; image-builder/Schema/blackbox.schema.json has the keys." };
        Option<string?> trace = new("--trace") { Description = "Write the newest run's timeline there, as Chrome and Perfetto read it.", HelpName = "FILE" };
        Command command = new("blackbox", Description) { subject, board, json, trace };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string path = parsed.GetValue(subject) ?? Workspace.DemoManifest;
            if (path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
            {
                if (Workspace.Load(path, parsed.GetValue(board), false) is not { } appliance)
                    return ExitCode.Manifest;
                if (appliance.Board.BlackBox is null)
                    Console.Error.WriteLine($"board {appliance.Board.Name} has no RAM that a reset leaves alone: it keeps no black box");
                if (appliance.Board.Bochs is not null)
                    Console.Error.WriteLine("Bochs leaves no box behind, since nobody reads its RAM from outside: what is here is a run's in QEMU, or the image's own");
                path = Workspace.ImagePath(appliance);
            }
            BoxContents box = Find(path);
            BoxSymbols symbols = BoxSymbols.Beside(path);
            if (parsed.GetValue(trace) is { } file)
            {
                if (box.Runs.Count == 0)
                    throw new BuildException("the black box holds no run");
                WholeFile.Write(file, System.Text.Encoding.UTF8.GetBytes(BoxTrace.Of(box.Runs[^1])));
            }
            if (parsed.GetValue(json))
                Console.WriteLine(BoxJson.Of(box, symbols));
            else if (parsed.GetValue(trace) is null)
                Console.Write(BoxText.Of(box, symbols));
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>Where a run leaves the black box of the board it ran an image on.</summary>
    public static string MemoryOf(string image) => image + ".blackbox";

    // What a run left beside the image and what the image itself keeps, or the file as a copy of the box.
    private static BoxContents Find(string path)
    {
        bool isLeft = File.Exists(MemoryOf(path));
        if (!isLeft && !File.Exists(path))
            throw new FileNotFoundException($"there is neither {MemoryOf(path)}, which 'run' leaves, nor {path}");
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        GptPartition? area = bytes.Length > BlackBoxLayout.Size ? Gpt.Read(bytes).FirstOrDefault(partition => partition.Name == "blackbox") : null;
        BoxContents box = BoxReader.Read(isLeft ? File.ReadAllBytes(MemoryOf(path)) : area is null ? bytes : []);
        return area is null ? box : BoxReader.WithLog(box, bytes.AsSpan((int)area.Offset, (int)area.Size));
    }
}

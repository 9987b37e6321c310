using System.CommandLine;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead build: manifest to flash image.</summary>
public static class BuildCommand
{
    public static Command Create()
    {
        Argument<string?> manifest = ManifestArguments.Manifest();
        Option<string?> output = new("-o", "--output") { Description = "The image to write; out/APPLIANCE-BOARD.img when left out.", HelpName = "FILE" };
        Option<string?> board = ManifestArguments.Board();
        SigningOptions signing = new();
        Command command = new("build", "Build one flash image from a manifest.") { manifest, output, board };
        signing.AddTo(command);
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (!Prerequisites.Ensure(Purpose.Build, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            Appliance? appliance = Workspace.Load(ManifestArguments.PathOf(parsed, manifest), parsed.GetValue(board), false);
            if (appliance is null)
                return ExitCode.Manifest;
            Workspace.BuildImage(appliance, parsed.GetValue(output) ?? Workspace.ImagePath(appliance), new StepProgress(), signing.Of(parsed));
            return ExitCode.Ok;
        }));
        return command;
    }
}

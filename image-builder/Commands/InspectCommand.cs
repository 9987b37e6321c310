using System.CommandLine;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Report;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead inspect: what is where in an image, or in the image that a manifest makes.</summary>
public static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> subject = new("IMAGE|APPLIANCE.yaml") { Description = "A flash image, or a manifest: then its image is built first." };
        Option<string?> board = ManifestArguments.Board();
        Option<bool> json = new("--json") { Description = "For programs." };
        Command command = new("inspect", "Show what an image holds: flash map, guests, memory, devices, digests.") { subject, board, json };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string path = parsed.GetRequiredValue(subject);
            if (path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
            {
                if (!Prerequisites.Ensure(Purpose.Build, parsed.GetValue(GlobalOptions.Yes)))
                    return ExitCode.MissingTools;
                Appliance? appliance = Workspace.Load(path, parsed.GetValue(board), false);
                if (appliance is null)
                    return ExitCode.Manifest;
                path = Workspace.ImagePath(appliance);
                Workspace.BuildImage(appliance, path, new StepProgress());
            }
            ImageReport report = ImageReport.Read(File.ReadAllBytes(path));
            Console.WriteLine(parsed.GetValue(json) ? report.ToJson() : report.ToText());
            return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }
}

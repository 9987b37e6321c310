using System.CommandLine;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Report;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead inspect: what is where, in an image or in the one that a manifest makes.</summary>
public static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> subject = new("IMAGE|APPLIANCE.yaml|BUNDLE.bhu") { Description = "A flash image; a manifest: then the plan, without building anything; or an update bundle." };
        Option<string?> board = ManifestArguments.Board();
        Option<bool> json = new("--json") { Description = "For programs; image-builder/Schema/inspect.schema.json has the keys." };
        Command command = new("inspect", "Show what is where: flash map, guests, memory, devices, interrupts, digests.") { subject, board, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(board) is not null && result.GetValue(subject) is { } path && !IsManifest(path))
                result.AddError("--board is for a manifest: an image and a bundle are for one board already");
        });
        command.SetAction(parsed => Guarded.Run(() =>
        {
            string path = parsed.GetRequiredValue(subject);
            ImageReport report;
            byte[] bytes = IsManifest(path) ? [] : File.ReadAllBytes(path);
            if (BundleReport.IsBundle(bytes))
            {
                BundleReport bundle = BundleReport.Read(bytes);
                Console.Write(parsed.GetValue(json) ? bundle.ToJson() + "\n" : bundle.ToText());
                return bundle.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
            }
            if (IsManifest(path))
            {
                Appliance? appliance = Workspace.Load(path, parsed.GetValue(board), false);
                if (appliance is null)
                    return ExitCode.Manifest;
                report = ImageReport.Plan(appliance);
            }
            else
            {
                report = ImageReport.Read(bytes);
            }
            bool colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
            Console.Write(parsed.GetValue(json) ? report.ToJson() + "\n" : ReportText.Of(report, colour));
            return report.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    private static bool IsManifest(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
}

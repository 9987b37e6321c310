using System.CommandLine;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Report;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead verify: would a board of this appliance take the bundle?</summary>
public static class VerifyCommand
{
    public static Command Create()
    {
        Argument<string> file = new("BUNDLE.bhu") { Description = "An update bundle." };
        Option<string?> manifest = new("--appliance") { Description = "The manifest whose keys and guests count; the demo's when left out.", HelpName = "APPLIANCE.yaml" };
        Option<string?> board = ManifestArguments.Board();
        Command command = new("verify", "Check an update bundle as a board of the appliance would.") { file, manifest, board };
        command.SetAction(parsed => Guarded.Run(() =>
        {
            Appliance? appliance = Workspace.Load(parsed.GetValue(manifest) ?? Workspace.DemoManifest, parsed.GetValue(board), false);
            if (appliance is null)
                return ExitCode.Manifest;
            string path = parsed.GetRequiredValue(file);
            ApplianceTable table = TableBuilder.Make(appliance, new ImageLayout(appliance));
            RsaNumber root = default;
            appliance.Root?.Modulus.CopyTo((Span<byte>)root);
            if (BundleReport.Refusal(File.ReadAllBytes(path), in table, in root, ImageBuild.Roots(appliance)) is { } refusal)
            {
                Console.Error.WriteLine($"{path}: refused: {refusal}");
                return ExitCode.Failed;
            }
            Console.WriteLine(appliance.Root is null ? $"{path}: sound, and not signed: keys: none" : $"{path}: sound, and signed for {appliance.Name} on {appliance.Board.Name}");
            return ExitCode.Ok;
        }));
        return command;
    }
}

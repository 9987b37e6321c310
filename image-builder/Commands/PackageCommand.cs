using System.CommandLine;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead package: units of an appliance to one update bundle.</summary>
public static class PackageCommand
{
    public static Command Create()
    {
        Argument<string[]> units = new("GUEST")
        {
            Description = "The guests that are switched together; `hypervisor` and `table` are units too.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> manifest = new("--appliance") { Description = "Their manifest; the demo's when left out.", HelpName = "APPLIANCE.yaml" };
        Option<string?> board = ManifestArguments.Board();
        Option<string?> output = new("-o", "--output") { Description = "The bundle to write; out/GUEST.bhu when left out.", HelpName = "FILE" };
        SigningOptions signing = new();
        Option<string?> root = new("--by-root")
        {
            Description = "The root key that signs the bundle, where boards still run a table by another one than the manifest's.",
            HelpName = "KEY.pem",
        };
        Command command = new("package", "Make a signed update bundle (.bhu) for a guest, or for several at once.") { units, manifest, board, output, root };
        signing.AddTo(command);
        command.SetAction(parsed => Guarded.Run(() =>
        {
            if (!Prerequisites.Ensure(Purpose.Build, parsed.GetValue(GlobalOptions.Yes)))
                return ExitCode.MissingTools;
            Appliance? appliance = Workspace.Load(parsed.GetValue(manifest) ?? Workspace.DemoManifest, parsed.GetValue(board), false);
            if (appliance is null)
                return ExitCode.Manifest;
            string[] names = parsed.GetRequiredValue(units);
            // Before the build: a mistyped name shall not cost one.
            if (names.FirstOrDefault(name => !UnitsOf(appliance).Contains(name)) is { } odd)
                throw new BuildException($"{appliance.ManifestPath} has no guest '{odd}'; it has {string.Join(", ", UnitsOf(appliance))}");
            StepProgress progress = new();
            Workspace.BuildBoard(appliance, progress);
            byte[] bundle = Make(appliance, names, signing.Of(parsed), progress, parsed.GetValue(root));
            string file = parsed.GetValue(output) ?? Path.Combine(Workspace.Root, "out", $"{names[0]}.bhu");
            WholeFile.Write(file, bundle);
            progress.Report($"bundle {file}, {bundle.Length} bytes");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static IEnumerable<string> UnitsOf(Appliance appliance) => [.. appliance.Guests.Select(guest => guest.Name), "hypervisor", "table"];

    /// <summary>The bundle of some units; what it is made of has been compiled.</summary>
    /// <param name="names">The units.</param>
    /// <param name="root">The file of the root key that signs the bundle; the manifest's where null.</param>
    internal static byte[] Make(Appliance appliance, string[] names, ExternalSigning signing, IProgress<string> progress, string? root = null)
    {
        if (root is not null && names.Distinct().All(name => name is not ("hypervisor" or "table")) && names.Distinct().Count() == 1)
            throw new BuildException($"--by-root: a bundle of one guest is signed by that guest's key");
        DebianArchive archive = new(Workspace.Cache, appliance.Board.Architecture, progress);
        LinuxGuest linux = new(archive, LockFile.Open(appliance.ManifestPath));
        Signer signer = new(signing);
        UnitContents contents = new(appliance, new ImageLayout(appliance), Workspace.InputsOf(appliance.Board.Architecture), linux, signer);
        List<(BundlePartKind, Guest?, byte[])> parts = [];
        foreach (string name in names.Distinct())
        {
            progress.Report($"packing {name}");
            parts.Add(name switch
            {
                "hypervisor" => (BundlePartKind.Hypervisor, null, contents.Hypervisor()),
                "table" => (BundlePartKind.Table, null, contents.Table()),
                _ => PartOf(appliance.Guests.First(guest => guest.Name == name)),
            });
        }
        // What is signed of a bundle are its parts, signatures included.
        signer.Complete();
        byte[] bundle = BundleBuilder.Build(appliance, parts, $"{names[0]}.bundle", signer, root is null ? null : SigningKey.Load(root));
        signer.End();
        return bundle;

        (BundlePartKind, Guest?, byte[]) PartOf(Guest guest) => (BundlePartKind.Guest, guest, contents.Package(guest));
    }
}

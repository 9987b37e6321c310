using System.CommandLine;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Arguments that several commands take, worded once.</summary>
public static class ManifestArguments
{
    public static Argument<string?> Manifest() => new("APPLIANCE.yaml")
    {
        Description = "The appliance's manifest; the demo's when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The manifest that is meant.</summary>
    public static string PathOf(ParseResult parsed, Argument<string?> manifest) => parsed.GetValue(manifest) ?? Workspace.DemoManifest;

    public static Option<string?> Board() => new("--board") { Description = "Build for this board instead of the manifest's.", HelpName = "NAME" };
}

using System.CommandLine;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Arguments that several commands take, worded once.</summary>
public static class ManifestArguments
{
    public static Argument<string?> Optional() => new("APPLIANCE.yaml")
    {
        Description = "The appliance's manifest; the demo's when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Argument<string> Required() => new("APPLIANCE.yaml") { Description = "The appliance's manifest." };

    public static Option<string?> Board() => new("--board") { Description = "Build for this board instead of the manifest's.", HelpName = "NAME" };
}

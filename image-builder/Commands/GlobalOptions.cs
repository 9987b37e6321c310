using System.CommandLine;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Options that stand anywhere on the command line.</summary>
public static class GlobalOptions
{
    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Install what is missing without asking.", Recursive = true };
}

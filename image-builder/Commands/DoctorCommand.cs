using System.CommandLine;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead doctor: tools, versions, what is missing and how to get it.</summary>
public static partial class DoctorCommand
{
    public static Command Create()
    {
        Command command = new("doctor", "Say which tools are here, their versions, and how to get those that are not. With --yes, installs them.");
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(GlobalOptions.Yes))
                Prerequisites.Ensure(Purpose.All, true);
            foreach ((string tool, string package, _, string use) in Prerequisites.Needed)
            {
                string? path = Prerequisites.Find(tool);
                Console.WriteLine($"{tool,-20} {(path is null ? "missing" : Version(path, package)),-28} {use}");
            }
            Console.WriteLine($"{"dotnet",-20} {Environment.Version,-28} builds everything, runs this");
            if (Prerequisites.Missing(Purpose.All) is not { Count: > 0 } missing)
                return ExitCode.Ok;
            Console.WriteLine($"\nmissing; get it by './bulkhead doctor --yes' or:\n  apt-get install --no-install-recommends {string.Join(' ', missing)}");
            return ExitCode.MissingTools;
        });
        return command;
    }

    // The tool's own word, else the package's: not every tool says a number.
    private static string Version(string path, string package)
    {
        try
        {
            return Number().Match(Tool.Run(path, ["--version"])) is { Success: true } match ? match.Value : Package(package);
        }
        catch (BuildException)
        {
            return Package(package);
        }
    }

    private static string Package(string package)
    {
        try
        {
            return Tool.Run("dpkg-query", ["-W", "-f", "${Version}", package]).Trim();
        }
        catch (BuildException)
        {
            return "version unknown";
        }
    }

    [GeneratedRegex(@"\d+\.\d+[\w.+-]*")]
    private static partial Regex Number();
}

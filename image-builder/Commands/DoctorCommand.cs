using System.CommandLine;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>bulkhead doctor: tools, versions, what is missing and how to get it.</summary>
public static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> yes = ManifestArguments.Yes();
        Command command = new("doctor", "Say which tools are here, and how to get those that are not.") { yes };
        command.SetAction(parsed =>
        {
            bool install = parsed.GetValue(yes);
            if (install)
                Prerequisites.Ensure(true);
            bool complete = true;
            foreach ((string tool, string package) in Prerequisites.Needed)
            {
                string? path = Prerequisites.Find(tool);
                complete &= path is not null;
                Console.WriteLine(path is null
                    ? $"{tool,-22} missing: apt-get install {package}"
                    : $"{tool,-22} {Version(path)}");
            }
            Console.WriteLine($"{"dotnet",-22} {Environment.Version}");
            return complete ? ExitCode.Ok : ExitCode.MissingTools;
        });
        return command;
    }

    private static string Version(string path)
    {
        try
        {
            return Tool.Run(path, ["--version"]).Split('\n')[0].Trim();
        }
        catch (BuildException)
        {
            return path;
        }
    }
}

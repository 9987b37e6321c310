using System.ComponentModel;
using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>Runs one of the machine's tools to its end.</summary>
public static class Tool
{
    /// <returns>Its standard output.</returns>
    /// <exception cref="BuildException">It is missing or failed; the message has its own words.</exception>
    public static string Run(string tool, IEnumerable<string> arguments, string? folder = null)
    {
        ProcessStartInfo start = new(tool, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Environment.CurrentDirectory,
        };
        start.Environment["LC_ALL"] = "C";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new BuildException($"{tool} is not installed; './bulkhead doctor' says how to get it");
        }
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new BuildException($"{tool} failed with exit code {process.ExitCode}:\n{errors.Result.Trim()}");
            return output;
        }
    }
}

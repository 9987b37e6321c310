using System.ComponentModel;
using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>Runs one of the machine's tools to its end.</summary>
public static class Tool
{
    /// <returns>Its standard output.</returns>
    /// <exception cref="BuildException">It is missing or failed; the message has its own words.</exception>
    public static string Run(string tool, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Read(tool, arguments, folder, environment).Output;

    /// <returns>All that it says: some tools answer on their standard error.</returns>
    /// <exception cref="BuildException">As for <see cref="Run"/>.</exception>
    public static string RunForAll(string tool, IEnumerable<string> arguments)
    {
        (string output, string errors) = Read(tool, arguments, null, null);
        return output + errors;
    }

    /// <summary>Bytes in, bytes out.</summary>
    /// <exception cref="BuildException">As for <see cref="Run"/>.</exception>
    public static byte[] Filter(string tool, IEnumerable<string> arguments, ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        using Process process = Start(tool, arguments, null, null, true);
        using IDisposable end = Interruption.Undo(() => process.Kill(true));
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task feed = Task.Run(() => Feed(process.StandardInput.BaseStream, bytes));
        MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        feed.Wait();
        End(process, tool, errors);
        return output.ToArray();
    }

    private static (string Output, string Errors) Read(string tool, IEnumerable<string> arguments, string? folder, IReadOnlyDictionary<string, string>? environment)
    {
        using Process process = Start(tool, arguments, folder, environment, false);
        using IDisposable end = Interruption.Undo(() => process.Kill(true));
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        End(process, tool, errors);
        return (output, errors.Result);
    }

    private static void Feed(Stream target, byte[] bytes)
    {
        try
        {
            target.Write(bytes);
            target.Dispose();
        }
        catch (IOException)
        {
            // It has ended before it read all; its exit code says why.
        }
    }

    private static Process Start(string tool, IEnumerable<string> arguments, string? folder, IReadOnlyDictionary<string, string>? environment, bool input)
    {
        ProcessStartInfo start = new(tool, arguments)
        {
            RedirectStandardInput = input,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Environment.CurrentDirectory,
        };
        start.Environment["LC_ALL"] = "C";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new BuildException($"{tool} is not installed; './bulkhead doctor' says how to get it");
        }
    }

    private static void End(Process process, string tool, Task<string> errors)
    {
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new BuildException($"{tool} failed with exit code {process.ExitCode}:\n{errors.Result.Trim()}");
    }
}

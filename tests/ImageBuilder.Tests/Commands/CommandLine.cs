using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>The tool as a process of its own, with an emulator that is a shell script.</summary>
internal static class CommandLine
{
    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "bulkhead.dll");

    public static string Root { get; } = FindRoot();

    public static (int Exit, string Output, string Errors) Run(params string[] words) => Run([], words);

    public static (int Exit, string Output, string Errors) Run((string Name, string Value)[] environment, params string[] words)
    {
        using Process process = Start(environment, words);
        process.StandardInput.Close();
        return End(process);
    }

    public static Process Start((string Name, string Value)[] environment, params string[] words)
    {
        string[] all = Words(words);
        ProcessStartInfo start = new(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root,
        };
        start.Environment["BULKHEAD_ROOT"] = Root;
        start.Environment["BULKHEAD_QEMU"] = "";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The whole command. A test run in the background was told to ignore SIGINT; the tool is not.</summary>
    public static string[] Words(string[] words) => ["/usr/bin/env", "--default-signal", Environment.ProcessPath!, "exec", Tool, .. words];

    public static (int Exit, string Output, string Errors) End(Process process)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>An executable shell script.</summary>
    public static string Script(string folder, string name, string body)
    {
        string file = Path.Combine(folder, name);
        File.WriteAllText(file, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Appliance.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder!;
    }
}

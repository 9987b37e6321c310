using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>The terminal's keys as they are pressed, Ctrl-C included, while a board runs; put back by Dispose.</summary>
/// <remarks>
/// Nothing here or in a run may go through .NET's own terminal: its input stream reads and edits whole lines, and it sets
/// the terminal back whenever it starts a process that has one of the three standard streams from it.
/// </remarks>
public sealed class Keyboard : IDisposable
{
    public Keyboard()
    {
        // Without a terminal to show things on, Ctrl-C and the rest stay the user's own.
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
            return;
        Saved = Stty("-g").Trim();
        // Not 'raw': the terminal's output goes on turning LF into CR LF, for whoever else writes.
        Stty("-icanon", "-echo", "-isig", "-ixon", "-icrnl", "-iexten", "min", "1", "time", "0");
    }

    /// <summary>The terminal as it was, in stty's words; null when there is none.</summary>
    public string? Saved { get; }

    /// <summary>Bytes as the terminal sends them.</summary>
    public static Stream Open() => new FileStream(new SafeFileHandle(0, false), FileAccess.Read, 0);

    public void Dispose()
    {
        if (Saved is not null)
            Stty(Saved);
    }

    private static string Stty(params string[] arguments)
    {
        ProcessStartInfo start = new("stty", ["-F", "/dev/tty", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}

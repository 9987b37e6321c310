using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>The terminal's keys as they are pressed, Ctrl-C included, while a board runs; put back by Dispose.</summary>
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

    public void Dispose()
    {
        if (Saved is not null)
            Stty(Saved);
    }

    private static string Stty(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}

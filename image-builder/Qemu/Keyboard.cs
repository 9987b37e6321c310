using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>The terminal in raw mode while a board runs; put back however the run ends.</summary>
public sealed class Keyboard : IDisposable
{
    private readonly string? _saved;

    public Keyboard()
    {
        if (Console.IsInputRedirected)
            return;
        _saved = Stty("-g").Trim();
        Stty("raw", "-echo");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public bool IsTerminal => _saved is not null;

    public void Dispose()
    {
        if (_saved is not null)
            Stty(_saved);
    }

    private static string Stty(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}

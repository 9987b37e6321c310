using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>
/// Sees to the end of a run that this process did not live to see itself, kill -9 included: a shell waits at a pipe;
/// when the pipe closes without a word, it ends the emulator, and it puts the terminal back in any case.
/// </summary>
public sealed class Guardian : IDisposable
{
    private const string Program =
        "trap '' INT TERM HUP QUIT TTOU TTIN; read -r word || kill -9 \"$1\" 2>/dev/null; [ -z \"$2\" ] || stty \"$2\" </dev/tty";

    private readonly Process _shell;

    /// <param name="terminal">stty's own words for the terminal as it was; null when it is left alone.</param>
    public Guardian(int machine, string? terminal)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", Program, "bulkhead-guardian", $"{machine}", terminal ?? ""])
        {
            RedirectStandardInput = true,
            // For Keyboard's reason.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _shell = Process.Start(start)!;
    }

    public void Dispose()
    {
        try
        {
            _shell.StandardInput.WriteLine("done");
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed; there is nobody to tell.
        }
        _shell.WaitForExit(2000);
        _shell.Dispose();
    }
}

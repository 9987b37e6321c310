using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>Installs Debian's packages: at once as root, by sudo after asking.</summary>
public sealed class Installer
{
    /// <summary>Where a program is; null when this machine has none of that name.</summary>
    public required Func<string, string?> Find { get; init; }

    public bool IsRoot { get; init; } = Environment.IsPrivilegedProcess;

    /// <summary>Puts a yes-or-no question to the user; null when nobody is there to answer.</summary>
    public Func<string, bool>? Ask { get; init; } = Console.IsInputRedirected || Console.IsErrorRedirected ? null : AskTerminal;

    /// <summary>Runs a command to its end; true when it succeeded.</summary>
    public Func<IReadOnlyList<string>, bool> Start { get; init; } = Execute;

    public TextWriter Say { get; init; } = Console.Error;

    /// <returns>Whether they were installed; if not, it has said what to do.</returns>
    public bool Install(IReadOnlyList<string> packages, bool yes)
    {
        Say.WriteLine($"missing: {string.Join(", ", packages)} (Debian packages)");
        string install = $"apt-get install --no-install-recommends {string.Join(' ', packages)}";
        if (Find("apt-get") is null)
            return Refuse("there is no apt-get here: install them by this system's own means");
        if (!IsRoot && Find("sudo") is null)
            return Refuse($"as root: {install}");
        if (!IsRoot && !yes)
        {
            if (Ask is null)
                return Refuse($"run: sudo {install}\nor say --yes, and it is done for you");
            if (!Ask($"install them now (sudo {install})?"))
                return Refuse($"later: sudo {install}");
        }
        // The package lists may be missing, or older than the archive; only then are they worth the time.
        return Apt(["install", "-y", "--no-install-recommends", .. packages])
            || (Apt(["update"]) && Apt(["install", "-y", "--no-install-recommends", .. packages]))
            || Refuse($"that did not work; by hand: {(IsRoot ? "" : "sudo ")}{install}");
    }

    private bool Refuse(string advice)
    {
        Say.WriteLine(advice);
        return false;
    }

    private bool Apt(IEnumerable<string> words)
    {
        // sudo drops the environment: what apt needs of it goes behind. With nobody there, it may not wait for a password.
        string[] sudo = IsRoot ? [] : Ask is null ? ["sudo", "-n"] : ["sudo"];
        return Start([.. sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", .. words]);
    }

    private static bool AskTerminal(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static bool Execute(IReadOnlyList<string> words)
    {
        // apt's own talk belongs beside ours, not into a command's output.
        using Process process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true })!;
        while (process.StandardOutput.ReadLine() is { } line)
            Console.Error.WriteLine($"  {line}");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

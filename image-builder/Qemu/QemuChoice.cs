using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Which QEMU a run uses: a file that the user names, or this machine's; a version wanted that this machine's has not comes from backports.</summary>
public sealed partial class QemuChoice
{
    private readonly string _program;
    private readonly string? _wanted;
    private readonly ToolRoot? _install;

    /// <param name="program">"qemu-system-aarch64".</param>
    /// <param name="wanted">A file, or the least version, "10.0"; null takes this machine's, whatever it is.</param>
    public QemuChoice(string program, string? wanted, ToolRoot tools)
    {
        _program = program;
        Command = wanted ?? program;
        if (wanted is null || !Number().IsMatch(wanted))
            return;
        Command = program;
        if (IsAtLeast(program, wanted))
            return;
        Command = tools.Command(program, PackageOf(program));
        if (!IsAtLeast(Command, wanted))
            (_install, _wanted) = (tools, wanted);
    }

    /// <summary>What starts it.</summary>
    public string Command { get; }

    /// <summary>Whether this machine's own package is what it takes.</summary>
    public bool IsMachines => Command == _program;

    /// <summary>Fetches it, where it can be had from backports and is not here yet.</summary>
    // Without modules of its own, QEMU tries this machine's, which are another version's, and complains.
    /// <exception cref="BuildException">Backports has no such version.</exception>
    public void Provide()
    {
        if (_install is null)
            return;
        _install.Install(_program, PackageOf(_program), "qemu-system-modules-spice");
        if (!IsAtLeast(Command, _wanted!))
            throw new BuildException($"neither this machine nor backports has a QEMU of version {_wanted} or later");
    }

    public static string PackageOf(string program) => program == "qemu-system-aarch64" ? "qemu-system-arm" : "qemu-system-x86";

    private static bool IsAtLeast(string program, string wanted)
    {
        try
        {
            string said = Tool.Run(program, ["--version"]);
            return Said().Match(said) is { Success: true } match && Parse(match.Groups[1].Value) >= Parse(wanted);
        }
        catch (BuildException)
        {
            // Not there, or its libraries are not: it counts as none.
            return false;
        }
    }

    private static Version Parse(string number) => Version.Parse(number.Contains('.') ? number : number + ".0");

    [GeneratedRegex(@"^\d{1,4}(\.\d{1,4}){0,2}$")]
    private static partial Regex Number();

    [GeneratedRegex(@"version (\d+\.\d+(\.\d+)?)")]
    private static partial Regex Said();
}

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>
/// Programs newer than this machine's, from its release's backports, in a folder of our own: apt finds, checks and fetches
/// the packages and what they need, nothing is installed, nobody has to be root.
/// </summary>
public sealed class ToolRoot(string cache, IProgress<string> progress)
{
    private readonly string _apt = Path.Combine(cache, "apt-tools");
    private readonly string _tools = Path.Combine(cache, "tools");

    /// <summary>Where a program is to be started from, installed or not.</summary>
    public string Command(string program, string package) => Path.Combine(_tools, package, "bin", Path.GetFileName(program));

    /// <exception cref="BuildException">No backports, or no such package there; in apt's words.</exception>
    /// <param name="alsoWanted">Packages that the named one does not depend on.</param>
    public void Install(string program, string package, params string[] alsoWanted)
    {
        progress.Report($"fetching {package} and what it needs from {DebianSources.Release}-backports, into {_tools}; this machine's own stays as it is");
        string root = Path.Combine(_tools, package), work = root + ".part", fetched = Path.Combine(_apt, "fetched");
        Clear(work);
        Clear(fetched);
        Directory.CreateDirectory(Path.Combine(fetched, "partial"));
        Prepare();
        Apt("update");
        Apt(["install", "-y", "--download-only", "--no-install-recommends", "-o", $"Dir::Cache::archives={fetched}", "-t", $"{DebianSources.Release}-backports", package, .. alsoWanted]);
        string[] archives = Directory.GetFiles(fetched, "*.deb");
        if (archives.Length == 0)
            throw new BuildException($"this machine's own {package} is already the newest that {DebianSources.Release}-backports has");
        Directory.CreateDirectory(Path.Combine(work, "bin"));
        foreach (string archive in archives)
            Tool.Run("dpkg-deb", ["-x", archive, work]);
        WriteStart(work, program);
        Tool.Run(Path.Combine(work, "bin", program), ["--version"]);
        if (Directory.Exists(root))
            Directory.Delete(root, true);
        Directory.Move(work, root);
        Directory.Delete(fetched, true);
    }

    // apt is to find what this machine lacks, so it sees a copy of what the machine has.
    private void Prepare()
    {
        foreach (string folder in new[] { "etc/apt/preferences.d", "etc/apt/sources.list.d", "var/lib/apt/lists/partial", "var/cache/apt", "var/lib/dpkg" })
            Directory.CreateDirectory(Path.Combine(_apt, folder));
        File.Copy("/var/lib/dpkg/status", Path.Combine(_apt, "var/lib/dpkg/status"), true);
        bool any = false;
        string[] folders = Directory.Exists("/etc/apt/sources.list.d") ? Directory.GetFiles("/etc/apt/sources.list.d") : [];
        foreach (string file in folders.Append("/etc/apt/sources.list").Where(File.Exists))
        {
            string content = File.ReadAllText(file), name = Path.GetFileNameWithoutExtension(file), kind = Path.GetExtension(file);
            if (DebianSources.WithBackports(content, kind == ".sources", DebianSources.Release) is not { } backports)
                continue;
            string target = Path.Combine(_apt, "etc/apt/sources.list.d");
            File.Copy(file, Path.Combine(target, name + kind), true);
            File.WriteAllText(Path.Combine(target, name + "-backports" + kind), backports);
            any = true;
        }
        if (!any)
            throw new BuildException("this machine has no Debian package sources in /etc/apt, so there are no backports to take from");
    }

    // The libraries lie beside the program; what it looks for by absolute paths is said by option and environment.
    private static void WriteStart(string root, string program)
    {
        // pulseaudio: a library that is found by a path built into another one.
        string libraries = string.Join(':', Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories)
            .Where(folder => folder.EndsWith("-linux-gnu", StringComparison.Ordinal) || Path.GetFileName(folder) == "pulseaudio")
            .Where(folder => Directory.EnumerateFiles(folder, "lib*.so*").Any())
            .Select(folder => "$root/" + Path.GetRelativePath(root, folder)).Order(StringComparer.Ordinal));
        string? modules = Directory.EnumerateDirectories(Path.Combine(root, "usr/lib"), "*-linux-gnu").Select(folder => Path.Combine(folder, "qemu")).FirstOrDefault(Directory.Exists);
        string file = Path.Combine(root, "bin", program);
        File.WriteAllText(file, $"""
            #!/bin/sh
            root=$(cd "$(dirname "$0")/.." && pwd)
            LD_LIBRARY_PATH="{libraries}" QEMU_MODULE_DIR="$root/{(modules is null ? "" : Path.GetRelativePath(root, modules))}" \
                exec "$root/usr/bin/{program}" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"

            """);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    private void Apt(params string[] arguments) => Tool.Run("apt-get",
    [
        "-o", $"Dir={_apt}", "-o", $"Dir::State::status={_apt}/var/lib/dpkg/status", "-o", "Dir::Etc::trusted=/etc/apt/trusted.gpg",
        "-o", "Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d", "-o", "APT::Sandbox::User=root", "-qq", .. arguments,
    ]);

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, true);
    }
}

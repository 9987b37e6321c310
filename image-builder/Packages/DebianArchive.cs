using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>
/// Packages of one architecture through an apt of our own: this machine's sources and keys, another root. apt checks the index's signature and the packages' digests; the machine's own dpkg is not touched.
/// </summary>
public sealed partial class DebianArchive(string cache, CpuArchitecture architecture, IProgress<string> progress)
{
    private readonly string _root = Path.Combine(cache, "apt", NameOf(architecture));
    private readonly string _packages = Path.Combine(cache, "packages");
    private bool _updated;

    public CpuArchitecture Architecture => architecture;

    /// <summary>What Debian calls an architecture.</summary>
    public static string NameOf(CpuArchitecture architecture) => architecture == CpuArchitecture.Arm64 ? "arm64" : "amd64";

    /// <summary>The newest version the archive's signed index offers; a meta package is followed to what it stands for.</summary>
    public LockedPackage Resolve(string name)
    {
        Update();
        string shown = Show(name);
        string version = Field(shown, "Version") ?? throw Unknown(name);
        string? meta = MetaTarget().Match(Field(shown, "Depends") ?? "") is { Success: true } match ? match.Groups[1].Value : null;
        if (meta is not null && name.StartsWith("linux-image-", StringComparison.Ordinal) && meta.StartsWith("linux-image-", StringComparison.Ordinal))
            return Resolve(meta) with { Name = name };
        string digest = Field(shown, "SHA256") ?? throw new BuildException($"the archive's index has no SHA256 for '{name}'");
        return new LockedPackage(name, NameOf(architecture), Field(shown, "Package") ?? name, version, digest);
    }

    private string Show(string name)
    {
        try
        {
            return Apt("apt-cache", "show", "--no-all-versions", name);
        }
        catch (BuildException error) when (error.Message.Contains("No packages found", StringComparison.Ordinal))
        {
            throw Unknown(name);
        }
    }

    private BuildException Unknown(string name) => new($"the archive has no package '{name}' for {NameOf(architecture)}");

    /// <summary>The .deb of a locked package, from the cache or the archive; its digest is the lock's.</summary>
    public string Fetch(LockedPackage package)
    {
        Directory.CreateDirectory(_packages);
        string file = Path.Combine(_packages, package.Sha256 + ".deb");
        if (File.Exists(file) && Digest(file) == package.Sha256)
            return file;
        Update();
        progress.Report($"fetching {package.Package} {package.Version}");
        string work = Path.Combine(_packages, "incoming");
        if (Directory.Exists(work))
            Directory.Delete(work, true);
        Directory.CreateDirectory(work);
        try
        {
            AptIn(work, "apt-get", "download", $"{package.Package}={package.Version}");
        }
        catch (BuildException error)
        {
            throw new BuildException(
                $"{package.Package} {package.Version}, which the lock file pins, is not in the archive any more; " +
                $"run './bulkhead relock' to pin what it offers now\n{error.Message}");
        }
        string fetched = Directory.GetFiles(work, "*.deb").Single();
        if (Digest(fetched) != package.Sha256)
            throw new BuildException($"{package.Package} {package.Version}: the archive's file has another digest than the lock file; run './bulkhead relock'");
        File.Move(fetched, file, true);
        Directory.Delete(work, true);
        return file;
    }

    /// <summary>Unpacks a .deb once; returns the folder.</summary>
    public string Unpack(LockedPackage package)
    {
        string folder = Path.Combine(cache, "unpacked", package.Sha256);
        if (Directory.Exists(folder))
            return folder;
        string deb = Fetch(package);
        string work = folder + ".part";
        if (Directory.Exists(work))
            Directory.Delete(work, true);
        Directory.CreateDirectory(work);
        Tool.Run("dpkg-deb", ["-x", deb, work]);
        Directory.Move(work, folder);
        return folder;
    }

    private void Update()
    {
        if (_updated)
            return;
        progress.Report($"reading the package index ({NameOf(architecture)})");
        foreach (string folder in new[] { "etc/apt/preferences.d", "etc/apt/sources.list.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg" })
            Directory.CreateDirectory(Path.Combine(_root, folder));
        File.WriteAllText(Path.Combine(_root, "var/lib/dpkg/status"), "");
        CopySources();
        Apt("apt-get", "update");
        _updated = true;
    }

    // Debian's own sources only: other vendors' need not have arm64.
    private void CopySources()
    {
        string target = Path.Combine(_root, "etc/apt/sources.list.d");
        bool any = false;
        foreach (string file in Directory.Exists("/etc/apt/sources.list.d") ? Directory.GetFiles("/etc/apt/sources.list.d") : [])
        {
            if (!File.ReadAllText(file).Contains("debian-archive-keyring", StringComparison.Ordinal) && Path.GetFileName(file) != "debian.sources")
                continue;
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), true);
            any = true;
        }
        if (File.Exists("/etc/apt/sources.list"))
        {
            File.Copy("/etc/apt/sources.list", Path.Combine(_root, "etc/apt/sources.list"), true);
            any = true;
        }
        if (!any)
            throw new BuildException("this machine has no Debian package sources in /etc/apt; the demo's kernels come from there");
    }

    private string Apt(string tool, params string[] arguments) => AptIn(null, tool, arguments);

    private string AptIn(string? folder, string tool, params string[] arguments) => Tool.Run(tool,
    [
        "-o", $"Dir={_root}", "-o", $"APT::Architecture={NameOf(architecture)}", "-o", $"APT::Architectures::={NameOf(architecture)}",
        "-o", $"Dir::State::status={_root}/var/lib/dpkg/status", "-o", "Dir::Etc::trusted=/etc/apt/trusted.gpg",
        "-o", "Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d", "-o", "APT::Sandbox::User=root", "-qq", .. arguments,
    ], folder);

    private static string? Field(string text, string name) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..].Trim();

    private static string Digest(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    [GeneratedRegex(@"^\s*([a-z0-9][a-z0-9.+-]*)(?:\s*\([^)]*\))?\s*$")]
    private static partial Regex MetaTarget();
}

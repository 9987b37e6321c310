using System.Text.Json;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>bulkhead.lock beside the manifest: which package versions an image is made from, with digests.</summary>
public sealed class LockFile
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private readonly string _path;
    private readonly Dictionary<(string Name, string Architecture), LockedPackage> _packages;

    private LockFile(string path, IEnumerable<LockedPackage> packages)
    {
        _path = path;
        _packages = packages.ToDictionary(package => (package.Name, package.Architecture));
    }

    public static LockFile Open(string manifestPath)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(manifestPath))!, "bulkhead.lock");
        if (!File.Exists(path))
            return new LockFile(path, []);
        try
        {
            LockedPackage[] packages = JsonSerializer.Deserialize<LockedPackage[]>(File.ReadAllText(path)) ?? [];
            // Every package was arm64's once.
            return new LockFile(path, packages.Select(package => package.Architecture is null ? package with { Architecture = "arm64" } : package));
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new BuildException($"{path}: not a lock file ({error.Message}); delete it or run './bulkhead relock'");
        }
    }

    /// <summary>The pinned package; pins what the archive offers when there is no pin yet.</summary>
    public LockedPackage Get(string name, DebianArchive archive)
    {
        (string, string) key = (name, DebianArchive.NameOf(archive.Architecture));
        if (_packages.TryGetValue(key, out LockedPackage? locked))
            return locked;
        locked = archive.Resolve(name);
        _packages[key] = locked;
        Save();
        return locked;
    }

    public void Forget()
    {
        _packages.Clear();
        File.Delete(_path);
    }

    private void Save()
    {
        string json = JsonSerializer.Serialize(_packages.Values.OrderBy(package => package.Name, StringComparer.Ordinal).ThenBy(package => package.Architecture, StringComparer.Ordinal), Format);
        string part = _path + ".part";
        File.WriteAllText(part, json + "\n");
        File.Move(part, _path, true);
    }
}

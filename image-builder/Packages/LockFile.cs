using System.Text.Json;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>bulkhead.lock beside the manifest: which package versions an image is made from, with digests.</summary>
public sealed class LockFile
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private readonly string _path;
    private readonly Dictionary<string, LockedPackage> _packages;

    private LockFile(string path, IEnumerable<LockedPackage> packages)
    {
        _path = path;
        _packages = packages.ToDictionary(package => package.Name, StringComparer.Ordinal);
    }

    public static LockFile Open(string manifestPath)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(manifestPath))!, "bulkhead.lock");
        if (!File.Exists(path))
            return new LockFile(path, []);
        try
        {
            return new LockFile(path, JsonSerializer.Deserialize<LockedPackage[]>(File.ReadAllText(path)) ?? []);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new BuildException($"{path}: not a lock file ({error.Message}); delete it or run './bulkhead relock'");
        }
    }

    /// <summary>The pinned package; pins what the archive offers when there is no pin yet.</summary>
    public LockedPackage Get(string name, DebianArchive archive)
    {
        if (_packages.TryGetValue(name, out LockedPackage? locked))
            return locked;
        locked = archive.Resolve(name);
        _packages[name] = locked;
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
        string json = JsonSerializer.Serialize(_packages.Values.OrderBy(package => package.Name, StringComparer.Ordinal), Format);
        string part = _path + ".part";
        File.WriteAllText(part, json + "\n");
        File.Move(part, _path, true);
    }
}

namespace Bulkhead.ImageBuilder;

/// <summary>Writes a file beside its place and renames it: a full disk or Ctrl-C leaves the old file or none, never half of one.</summary>
public static class WholeFile
{
    // errno, as .NET hands it on.
    private const int NoSpace = 28, Quota = 122;

    /// <exception cref="BuildException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string part = path + ".part", folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        // Whoever is root would replace a device by a file.
        if (folder == "/dev" || Directory.Exists(path))
            throw new BuildException($"cannot write {path}: it is no file");
        using IDisposable undo = Interruption.Undo(() => File.Delete(part));
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(part, content);
            File.Move(part, path, true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Interruption.Pass();
            if (Directory.Exists(folder))
                File.Delete(part);
            throw new BuildException($"cannot write {path}: {(error.HResult is NoSpace or Quota ? Full(folder, content.Length) : error.Message)}");
        }
    }

    private static string Full(string folder, long size) =>
        $"the disk is full; {size / 1024.0 / 1024:0.#} MiB are wanted, {new DriveInfo(folder).AvailableFreeSpace / 1024.0 / 1024:0.#} MiB are free in {folder}";
}

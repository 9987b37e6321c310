namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>--log: one file per console, and raw.log with the whole line. Nothing when there is no folder.</summary>
public sealed class RunLogs(string? folder) : IDisposable
{
    private readonly Dictionary<string, FileStream> _files = [];

    public void Put(string name, ReadOnlySpan<byte> bytes)
    {
        if (folder is null)
            return;
        if (!_files.TryGetValue(name, out FileStream? file))
        {
            Directory.CreateDirectory(folder);
            // Readable by others while the run goes on.
            _files[name] = file = new FileStream(Path.Combine(folder, FileName(name)), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        }
        file.Write(bytes);
    }

    public void Flush()
    {
        foreach (FileStream file in _files.Values)
            file.Flush();
    }

    public void Dispose()
    {
        foreach (FileStream file in _files.Values)
            file.Dispose();
    }

    // A tag on a disturbed line may hold anything; a path is not made of it.
    private static string FileName(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_')) + ".log";
}

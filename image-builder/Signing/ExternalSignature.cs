namespace Bulkhead.ImageBuilder.Signing;

/// <summary>A signature that was made elsewhere.</summary>
/// <param name="file">Its bytes alone.</param>
/// <param name="isNamed">The user named this very file; else it lay in a folder.</param>
internal sealed class ExternalSignature(string file, bool isNamed)
{
    public string File => file;
    public bool IsNamed => isNamed;

    /// <summary>What it is called, without .sig.</summary>
    public string Name { get; } = Path.GetFileNameWithoutExtension(file);

    public byte[] Bytes { get; } = System.IO.File.ReadAllBytes(file);

    public bool IsUsed { get; set; }

    /// <param name="path">A file, or a folder of NAME.sig.</param>
    public static IEnumerable<ExternalSignature> Read(string path) => Directory.Exists(path)
        ? Directory.GetFiles(path, "*.sig").Order(StringComparer.Ordinal).Select(file => new ExternalSignature(file, false))
        : [new ExternalSignature(path, true)];
}

namespace Bulkhead.ImageBuilder.Tests.Manifest;

/// <summary>Where the tests' yaml files are, in the source tree: the manifests name each other by relative paths.</summary>
internal static class TestFiles
{
    public static string Repository { get; } = FindRepository();

    public static string Folder { get; } = Path.Combine(Repository, "tests", "ImageBuilder.Tests", "Manifest");

    public static string Boards { get; } = Path.Combine(Folder, "Boards");

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "global.json")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"no repository around {AppContext.BaseDirectory}");
    }
}

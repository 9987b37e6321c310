using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>
/// What `kernel` names: an Image file, or a project of this repository. `project: pulse` is partitions/pulse beside boards/;
/// `file:` may also name such a folder by its path.
/// </summary>
internal sealed record KernelSource(string? File, string? Project, string Path)
{
    public static KernelSource? Find(KernelDocument kernel, ApplianceDocument appliance, string boardsDirectory)
    {
        if (kernel.Project is { } project)
        {
            string partitions = System.IO.Path.Combine(System.IO.Path.GetFullPath(boardsDirectory), "..", "partitions");
            return new KernelSource(null, project.Value, System.IO.Path.GetFullPath(System.IO.Path.Combine(partitions, project.Value)));
        }
        if (kernel.File is not { } file)
            return null;
        string path = appliance.Resolve(file.Value);
        return Directory.Exists(path)
            ? new KernelSource(null, System.IO.Path.GetFileName(path.TrimEnd('/')), path)
            : new KernelSource(path, null, path);
    }

    /// <summary>A folder is a project when it has a project file.</summary>
    public bool IsProjectFolder => Directory.Exists(Path) && Directory.EnumerateFiles(Path, "*.csproj").Any();
}

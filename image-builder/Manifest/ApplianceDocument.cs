using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>An appliance.yaml as it was read: every value with its place, null where it was absent or refused.</summary>
internal sealed record ApplianceDocument(SourceFile File)
{
    public Located<string>? Name { get; init; }
    public Located<string>? Board { get; init; }
    public IReadOnlyList<GuestDocument> Guests { get; init; } = [];

    /// <summary>A path of the manifest is relative to the manifest.</summary>
    public string Resolve(string path) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(File.FullPath)!, path));
}

internal sealed record GuestDocument(Located<string> Name)
{
    public IReadOnlyList<Located<ulong>> Cpus { get; init; } = [];
    public Located<ulong>? MemorySize { get; init; }
    public Located<ulong>? Host { get; init; }
    public Located<ulong>? Slot { get; init; }
    public bool AutoStart { get; init; } = true;
    public LinuxDocument? Linux { get; init; }
    public KernelDocument? Kernel { get; init; }
    public IReadOnlyList<Located<string>> Devices { get; init; } = [];
    public PlatformDocument Platform { get; init; } = new();
}

internal sealed record LinuxDocument
{
    public Located<string>? Package { get; init; }
    public Located<string>? CommandLine { get; init; }
    public bool Compress { get; init; }
    public IReadOnlyList<string> Modules { get; init; } = [];
    public IReadOnlyList<InitramfsFileDocument> Files { get; init; } = [];
    public string Init { get; init; } = "";
}

/// <summary>A file to be put into an initramfs: the path the guest sees, and where its content comes from.</summary>
internal sealed record InitramfsFileDocument(Located<string> GuestPath, Located<string> Source);

internal sealed record KernelDocument
{
    public Located<string>? File { get; init; }
    public Located<string>? Project { get; init; }
    public Located<string>? Initrd { get; init; }
    public Located<string>? CommandLine { get; init; }
    public bool Compress { get; init; }
}

/// <summary>Where the guest sees what is virtual; null means QEMU virt's place.</summary>
internal sealed record PlatformDocument
{
    public Located<ulong>? Ram { get; init; }
    public Located<ulong>? Gicd { get; init; }
    public Located<ulong>? Gicr { get; init; }
    public Located<ulong>? Uart { get; init; }
    public Located<ulong>? UartIntId { get; init; }
    public Located<ulong>? IntIds { get; init; }
}

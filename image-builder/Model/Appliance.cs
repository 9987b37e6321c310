namespace Bulkhead.ImageBuilder.Model;

/// <summary>An appliance as its checked manifest says it is: every default filled in, every address placed.</summary>
public sealed record Appliance(string Name, string ManifestPath, byte[] ManifestDigest, Board Board, IReadOnlyList<Guest> Guests);

/// <summary>One guest. <paramref name="Memory"/> is its RAM: guest address, board address, size.</summary>
public sealed record Guest(
    string Name,
    IReadOnlyList<int> Cpus,
    GuestMemory Memory,
    ulong SlotSize,
    bool AutoStart,
    GuestPayload Payload,
    GuestPlatform Platform,
    IReadOnlyList<BoardDevice> Devices);

public sealed record GuestMemory(ulong GuestBase, ulong HostBase, ulong Size);

/// <summary>Where the guest sees its virtual devices.</summary>
public sealed record GuestPlatform(ulong Gicd, ulong Gicr, ulong Uart, uint UartIntId, uint IntIdCount);

public abstract record GuestPayload(string CommandLine, bool Compress);

/// <summary>A stock Debian kernel package with an initramfs made by the builder.</summary>
public sealed record LinuxPayload(string Package, Initramfs Initramfs, string CommandLine, bool Compress) : GuestPayload(CommandLine, Compress);

public sealed record Initramfs(IReadOnlyList<string> Modules, IReadOnlyDictionary<string, string> Files, string InitScript);

/// <summary>An arm64 Image: a file, or a guest built by this project (<paramref name="Project"/> names it, e.g. pulse).</summary>
public sealed record KernelPayload(string? File, string? Project, string? Initrd, string CommandLine, bool Compress) : GuestPayload(CommandLine, Compress);

using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Model;

/// <summary>An appliance as its checked manifest says it is: every default filled in, every address placed.</summary>
public sealed record Appliance(string Name, string ManifestPath, byte[] ManifestDigest, Board Board, IReadOnlyList<Guest> Guests)
{
    /// <summary>Signs hypervisor and table; null in development, where nothing is signed.</summary>
    public SigningKey? Root { get; init; }

    /// <summary>The root key to change to.</summary>
    public SigningKey? NextRoot { get; init; }

    public bool IsProduction { get; init; }
    public string Version { get; init; } = "";
    public ulong Rollback { get; init; }
    public ApplianceFlags Flags { get; init; }

    /// <summary>Guests can be managed over the board's UART.</summary>
    public bool Management { get; init; } = true;
}

/// <summary>One guest. <paramref name="Memory"/> is its RAM: guest address, board address, size; <paramref name="After"/> are guests' numbers.</summary>
public sealed record Guest(
    string Name,
    IReadOnlyList<int> Cpus,
    GuestMemory Memory,
    ulong SlotSize,
    bool AutoStart,
    IReadOnlyList<int> After,
    RestartPolicy Restart,
    GuestPayload Payload,
    GuestPlatform Platform,
    IReadOnlyList<BoardDevice> Devices)
{
    /// <summary>All zero where it has none.</summary>
    public WatchdogEntry Watchdog { get; init; }

    public bool HasWatchdog => Watchdog.Timeout != 0;

    /// <summary>It speaks to the update service.</summary>
    public bool IsControl { get; init; }

    /// <summary>Guest address of a control guest's mailbox registers; 0 elsewhere.</summary>
    public ulong Mailbox { get; init; }

    public UpdatePolicy Update { get; init; } = UpdateReader.Default;

    /// <summary>Signs its packages; the root key where the manifest names no other.</summary>
    public SigningKey? Key { get; init; }

    public PackageIdentity Identity { get; init; } = new("", 0, 0, 0);
}

/// <summary>What a package's header says of it beside its content.</summary>
public sealed record PackageIdentity(string Version, ulong Rollback, uint ChannelAbiFirst, uint ChannelAbiLast);

public sealed record GuestMemory(ulong GuestBase, ulong HostBase, ulong Size);

/// <summary>Where the guest sees its virtual devices.</summary>
public abstract record GuestPlatform;

public sealed record GicPlatform(ulong Gicd, ulong Gicr, ulong Uart, uint UartIntId, uint IntIdCount) : GuestPlatform
{
    /// <summary>The watchdog's control and refresh frames and WS0; 0 where the guest has none.</summary>
    public (ulong Control, ulong Refresh, uint IntId) Watchdog { get; init; }

    /// <summary>A control guest's second UART; 0 elsewhere.</summary>
    public (ulong Address, uint IntId) ControlUart { get; init; }
}

/// <summary>A PC's: both APICs, a 16550A, and the ports behind ACPI's power-off and reset.</summary>
public sealed record PcPlatform(ulong LocalApic, ulong IoApic, uint UartPort, uint UartGsi, uint SleepPort, uint ResetPort) : GuestPlatform
{
    /// <summary>The first of its ports; 0 where the guest has none.</summary>
    public uint WatchdogPort { get; init; }

    /// <summary>A control guest's second UART; 0 elsewhere.</summary>
    public (uint Port, uint Gsi) ControlUart { get; init; }
}

public abstract record GuestPayload(string CommandLine, bool Compress);

/// <summary>A stock Debian kernel package with an initramfs made by the builder.</summary>
public sealed record LinuxPayload(string Package, Initramfs Initramfs, string CommandLine, bool Compress) : GuestPayload(CommandLine, Compress);

public sealed record Initramfs(IReadOnlyList<string> Modules, IReadOnlyDictionary<string, string> Files, string InitScript);

/// <summary>A kernel as its architecture starts it: a file, or a guest built by this project (<paramref name="Project"/> names it, e.g. pulse).</summary>
public sealed record KernelPayload(string? File, string? Project, string? Initrd, string CommandLine, bool Compress) : GuestPayload(CommandLine, Compress);

using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>An appliance.yaml as it was read: every value with its place, null where it was absent or refused.</summary>
internal sealed record ApplianceDocument(SourceFile File)
{
    public Located<string>? Name { get; init; }

    /// <summary>The boards it can be built for; the first one when nobody says which.</summary>
    public IReadOnlyList<Located<string>> Boards { get; init; } = [];

    /// <summary>Without those that have a place of their own below.</summary>
    public ApplianceFlags Flags { get; init; }

    public IReadOnlyList<GuestDocument> Guests { get; init; } = [];
    public KeysDocument Keys { get; init; } = new();
    public Located<bool>? Production { get; init; }

    /// <summary>Whether guests may crash the hypervisor.</summary>
    public Located<bool>? CrashCall { get; init; }
    public Located<bool>? CrashLog { get; init; }
    public string Version { get; init; } = "";
    public ulong Rollback { get; init; }

    /// <summary>Whether guests can be managed over the board's UART.</summary>
    public bool Management { get; init; } = true;

    /// <summary>The appliance as it is on one board.</summary>
    public ApplianceDocument On(BoardDocument? board) => this with
    {
        Guests = [.. Guests.Select(g => g with { Devices = [.. g.DeviceLists.Where(d => d.IsFor(board?.Name?.Value)).SelectMany(d => d.Names)] })],
    };

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

    /// <summary>Guests that run before this one starts with the board.</summary>
    public IReadOnlyList<Located<string>> After { get; init; } = [];

    public RestartPolicy Restart { get; init; } = RestartReader.Default;
    public WatchdogEntry Watchdog { get; init; }
    public bool HasWatchdog => Watchdog.Timeout != 0;
    public UpdatePolicy Update { get; init; } = UpdateReader.Default;

    /// <summary>The only one there is: control.</summary>
    public Located<string>? Role { get; init; }
    public bool IsControl => Role is not null;

    /// <summary>Who signs its packages; the root key when it names none.</summary>
    public Located<string>? Key { get; init; }
    public string Version { get; init; } = "";
    public ulong Rollback { get; init; }
    public (uint First, uint Last) ChannelAbi { get; init; }
    public LinuxDocument? Linux { get; init; }
    public KernelDocument? Kernel { get; init; }

    /// <summary>As the manifest says it, for each board.</summary>
    public IReadOnlyList<DevicesDocument> DeviceLists { get; init; } = [];

    /// <summary>On the board that the appliance is loaded for.</summary>
    public IReadOnlyList<Located<string>> Devices { get; init; } = [];

    public PlatformDocument Platform { get; init; } = new();
}

/// <summary>Devices a guest gets, on one board or (without one) on all.</summary>
internal sealed record DevicesDocument(Located<string>? Board, IReadOnlyList<Located<string>> Names)
{
    public bool IsFor(string? board) => Board is null || Board.Value == board;
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

/// <summary>Where the guest sees what is virtual; null means QEMU virt's place, or a PC's.</summary>
internal sealed record PlatformDocument
{
    public Located<ulong>? Ram { get; init; }
    public Located<ulong>? Gicd { get; init; }
    public Located<ulong>? Gicr { get; init; }
    public Located<ulong>? Uart { get; init; }
    public Located<ulong>? UartIntId { get; init; }
    public Located<ulong>? IntIds { get; init; }
    public Located<ulong>? Watchdog { get; init; }
    public Located<ulong>? WatchdogIntId { get; init; }
    public Located<ulong>? ControlUart { get; init; }
    public Located<ulong>? ControlUartIntId { get; init; }

    public Located<ulong>? LocalApic { get; init; }
    public Located<ulong>? IoApic { get; init; }
    public Located<ulong>? UartPort { get; init; }
    public Located<ulong>? UartGsi { get; init; }
    public Located<ulong>? SleepPort { get; init; }
    public Located<ulong>? ResetPort { get; init; }
    public Located<ulong>? WatchdogPort { get; init; }
    public Located<ulong>? ControlUartPort { get; init; }
    public Located<ulong>? ControlUartGsi { get; init; }

    public Located<ulong>? Mailbox { get; init; }

    /// <summary>Keys with their places, by the architecture whose guests have what they place.</summary>
    public IReadOnlyList<(CpuArchitecture Architecture, Located<string> Key)> Keys { get; init; } = [];
}

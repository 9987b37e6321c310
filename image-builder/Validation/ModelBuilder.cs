using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Turns documents that have passed every check into the model; nothing can fail here any more.</summary>
internal static class ModelBuilder
{
    public static Board Build(BoardDocument board) => new(
        board.Name!.Value,
        [.. board.Cpus!.Select(c => c.Value)],
        [.. board.Ram.Select(r => r.Range)],
        board.HypervisorRam!.Range,
        board.ImageStore!.Range.Size,
        board.EraseBlock?.Value ?? Limits.ImageAlignment,
        board.Pc is { } pc ? Parts(pc) : Parts(board),
        [.. board.Devices.Select(Build)])
    {
        BootImage = board.BootImage?.Range,
        BlackBox = board.BlackBox?.Range,
        ForgetsAtReset = board.ForgetsAtReset,
        Watchdog = board.Watchdog,
        Qemu = board.Qemu,
        Bochs = board.Bochs,
    };

    private static Arm64Parts Parts(BoardDocument board) => new(
        board.FirstStageScratch!.Range,
        board.Flash!.Range,
        new BoardUart(board.Uart!.Range.Base, (uint)board.UartIntId!.Value),
        new BoardGic(board.Gicd!.Range.Base, board.Gicr!.Range.Base, board.GicrStride!.Value),
        board.DeviceTree!.Range.Base);

    private static PcParts Parts(PcDocument pc) => new(
        pc.LocalApic!.Range.Base,
        pc.IoApic!.Range.Base,
        (uint)pc.UartPorts!.Range.Base,
        (uint)pc.UartGsi!.Value,
        (uint)pc.DiskPorts!.Range.Base,
        (uint)pc.DiskControlPort!.Range.Base);

    public static Appliance Build(
        ApplianceDocument appliance, byte[] manifest, Board board, IReadOnlyDictionary<GuestDocument, ulong> places, string boardsDirectory)
    {
        Guest[] guests = [.. appliance.Guests.Select(g => Build(g, appliance, board, places[g], boardsDirectory))];
        return new Appliance(appliance.Name!.Value, appliance.File.FullPath, SHA256.HashData(manifest), board, guests)
        {
            Root = Key(appliance, appliance.Keys.Root),
            NextRoot = Key(appliance, appliance.Keys.NextRoot),
            IsProduction = appliance.Production?.Value ?? false,
            Version = appliance.Version,
            Rollback = appliance.Rollback,
            Flags = appliance.Flags | (appliance.CrashCall?.Value == true ? ApplianceFlags.CrashCall : 0)
                | (board.BlackBox is not null && (appliance.CrashLog?.Value ?? board.ForgetsAtReset) ? ApplianceFlags.CrashLog : 0),
            Management = appliance.Management,
        };
    }

    private static SigningKey? Key(ApplianceDocument appliance, Located<string>? named) => named is null ? null : SigningKey.Load(appliance.Resolve(named.Value));

    private static BoardDevice Build(BoardDeviceDocument device) => new(
        device.Name.Value,
        string.Join(' ', device.Compatible),
        [.. device.Registers.Select(r => r.Range)],
        [.. device.Interrupts.Select(i => i.Value)],
        device.Dma,
        device.ClockNames,
        [.. device.Ports.Select(r => r.Range)])
    {
        Reset = [.. device.Reset.Select(step => step.Value with { Register = new(device.Registers[0].Range.Base + step.Value.Register.Value) })],
    };

    private static Guest Build(GuestDocument guest, ApplianceDocument appliance, Board board, ulong host, string boardsDirectory)
    {
        BoardDevice[] devices = [.. guest.Devices.Select(d => board.Devices.Single(b => b.Name == d.Value))];
        return new Guest(
            guest.Name.Value,
            [.. guest.Cpus.Select(c => (int)c.Value)],
            new GuestMemory(Defaults.GuestRamBase(board.Architecture, guest.Platform), host, guest.MemorySize!.Value),
            Defaults.Slot(guest),
            guest.AutoStart,
            [.. guest.After.Select(first => appliance.Guests.ToList().FindIndex(other => other.Name.Value == first.Value)).Distinct().Order()],
            guest.Restart,
            Payload(guest, appliance, board, boardsDirectory),
            board.Architecture == CpuArchitecture.Arm64 ? Gic(guest, devices) : Pc(guest),
            devices)
        {
            Watchdog = guest.Watchdog,
            IsControl = guest.IsControl,
            Mailbox = guest.IsControl ? guest.Platform.Mailbox?.Value ?? Defaults.Mailbox(board.Architecture) : 0,
            Update = guest.Update,
            Key = Key(appliance, guest.Key ?? appliance.Keys.Root),
            Identity = new PackageIdentity(guest.Version, guest.Rollback, guest.ChannelAbi.First, guest.ChannelAbi.Last),
        };
    }

    private static GicPlatform Gic(GuestDocument guest, IReadOnlyList<BoardDevice> devices)
    {
        PlatformDocument platform = guest.Platform;
        uint uartIntId = (uint)(platform.UartIntId?.Value ?? Defaults.UartIntId);
        ulong watchdog = platform.Watchdog?.Value ?? Defaults.Watchdog;
        uint controlIntId = guest.IsControl ? (uint)(platform.ControlUartIntId?.Value ?? Defaults.ControlUartIntId) : 0;
        uint watchdogIntId = guest.HasWatchdog ? (uint)(platform.WatchdogIntId?.Value ?? Defaults.WatchdogIntId) : 0;
        return new GicPlatform(
            platform.Gicd?.Value ?? Defaults.Gicd,
            platform.Gicr?.Value ?? Defaults.Gicr,
            platform.Uart?.Value ?? Defaults.Uart,
            uartIntId,
            (uint)(platform.IntIds?.Value ?? GuestMapValidator.DefaultIntIds(Math.Max(Math.Max(uartIntId, watchdogIntId), controlIntId), devices.SelectMany(d => d.Interrupts))))
        {
            ControlUart = guest.IsControl ? (platform.ControlUart?.Value ?? Defaults.ControlUart, controlIntId) : default,
            Watchdog = guest.HasWatchdog ? (watchdog, watchdog + Limits.WatchdogStride, watchdogIntId) : default,
        };
    }

    private static PcPlatform Pc(GuestDocument guest)
    {
        PlatformDocument platform = guest.Platform;
        return new PcPlatform(
            platform.LocalApic?.Value ?? Defaults.LocalApic,
            platform.IoApic?.Value ?? Defaults.IoApic,
            (uint)(platform.UartPort?.Value ?? Defaults.UartPort),
            (uint)(platform.UartGsi?.Value ?? Defaults.UartGsi),
            (uint)(platform.SleepPort?.Value ?? Defaults.SleepPort),
            (uint)(platform.ResetPort?.Value ?? Defaults.ResetPort))
        {
            WatchdogPort = guest.HasWatchdog ? (uint)(platform.WatchdogPort?.Value ?? Defaults.WatchdogPort) : 0,
            ControlUart = guest.IsControl
                ? ((uint)(platform.ControlUartPort?.Value ?? Defaults.ControlUartPort), (uint)(platform.ControlUartGsi?.Value ?? Defaults.ControlUartGsi)) : default,
        };
    }

    private static GuestPayload Payload(GuestDocument guest, ApplianceDocument appliance, Board board, string boardsDirectory)
    {
        if (guest.Linux is { } linux)
        {
            SortedDictionary<string, string> files = new(StringComparer.Ordinal);
            foreach (InitramfsFileDocument file in linux.Files)
                files.Add(file.GuestPath.Value, appliance.Resolve(file.Source.Value));
            return new LinuxPayload(ForArchitecture(linux.Package!.Value, board.Architecture), new Initramfs(linux.Modules, files, linux.Init),
                ForArchitecture(linux.CommandLine?.Value ?? "console={console}", board.Architecture), linux.Compress);
        }
        KernelDocument kernel = guest.Kernel!;
        KernelSource source = KernelSource.Find(kernel, appliance, boardsDirectory)!;
        string? initrd = kernel.Initrd is { } named ? appliance.Resolve(named.Value) : null;
        return new KernelPayload(source.File, source.Project, initrd, ForArchitecture(kernel.CommandLine?.Value ?? "", board.Architecture), kernel.Compress);
    }

    /// <summary>One manifest serves boards of several architectures: {arch} and {console} stand for what has a name on each.</summary>
    private static string ForArchitecture(string text, CpuArchitecture architecture) => text
        .Replace("{arch}", DebianArchive.NameOf(architecture), StringComparison.Ordinal)
        .Replace("{console}", Defaults.Console(architecture), StringComparison.Ordinal);
}

using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Turns documents that have passed every check into the model; nothing can fail here any more.</summary>
internal static class ModelBuilder
{
    public static Board Build(BoardDocument board) => new(
        board.Name!.Value,
        [.. board.Cpus!.Select(c => c.Value)],
        [.. board.Ram.Select(r => r.Range)],
        board.HypervisorRam!.Range,
        board.FirstStageScratch!.Range,
        board.Flash!.Range,
        board.EraseBlock!.Value,
        new BoardUart(board.Uart!.Range.Base, (uint)board.UartIntId!.Value),
        new BoardGic(board.Gicd!.Range.Base, board.Gicr!.Range.Base, board.GicrStride!.Value),
        board.DeviceTree!.Range.Base,
        [.. board.Devices.Select(Build)],
        board.Qemu)
    {
        BootImage = board.BootImage?.Range,
    };

    public static Appliance Build(
        ApplianceDocument appliance, byte[] manifest, Board board, IReadOnlyDictionary<GuestDocument, ulong> places, string boardsDirectory) => new(
        appliance.Name!.Value,
        appliance.File.FullPath,
        SHA256.HashData(manifest),
        board,
        [.. appliance.Guests.Select(g => Build(g, appliance, board, places[g], boardsDirectory))]);

    private static BoardDevice Build(BoardDeviceDocument device) => new(
        device.Name.Value,
        string.Join(' ', device.Compatible),
        [.. device.Registers.Select(r => r.Range)],
        [.. device.Interrupts.Select(i => i.Value)],
        device.Dma,
        device.ClockNames);

    private static Guest Build(GuestDocument guest, ApplianceDocument appliance, Board board, ulong host, string boardsDirectory)
    {
        BoardDevice[] devices = [.. guest.Devices.Select(d => board.Devices.Single(b => b.Name == d.Value))];
        PlatformDocument platform = guest.Platform;
        uint uartIntId = (uint)(platform.UartIntId?.Value ?? Defaults.UartIntId);
        return new Guest(
            guest.Name.Value,
            [.. guest.Cpus.Select(c => (int)c.Value)],
            new GuestMemory(platform.Ram?.Value ?? Defaults.GuestRam, host, guest.MemorySize!.Value),
            Defaults.Slot(guest),
            guest.AutoStart,
            Payload(guest, appliance, boardsDirectory),
            new GuestPlatform(
                platform.Gicd?.Value ?? Defaults.Gicd,
                platform.Gicr?.Value ?? Defaults.Gicr,
                platform.Uart?.Value ?? Defaults.Uart,
                uartIntId,
                (uint)(platform.IntIds?.Value ?? GuestMapValidator.DefaultIntIds(uartIntId, devices.SelectMany(d => d.Interrupts)))),
            devices);
    }

    private static GuestPayload Payload(GuestDocument guest, ApplianceDocument appliance, string boardsDirectory)
    {
        if (guest.Linux is { } linux)
        {
            SortedDictionary<string, string> files = new(StringComparer.Ordinal);
            foreach (InitramfsFileDocument file in linux.Files)
                files.Add(file.GuestPath.Value, appliance.Resolve(file.Source.Value));
            return new LinuxPayload(linux.Package!.Value, new Initramfs(linux.Modules, files, linux.Init),
                linux.CommandLine?.Value ?? Defaults.LinuxCommandLine, linux.Compress);
        }
        KernelDocument kernel = guest.Kernel!;
        KernelSource source = KernelSource.Find(kernel, appliance, boardsDirectory)!;
        string? initrd = kernel.Initrd is { } named ? appliance.Resolve(named.Value) : null;
        return new KernelPayload(source.File, source.Project, initrd, kernel.CommandLine?.Value ?? "", kernel.Compress);
    }
}

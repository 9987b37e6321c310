using Bulkhead.BlackBox;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>Where every partition of the image lies. All on whole 256 KiB, whatever smaller erase blocks the flash has; later updates need no other layout.</summary>
public sealed class ImageLayout
{
    /// <summary>The same on every board: what an image is made for is found by it.</summary>
    public const string FirstStageName = "first-stage";

    private const ulong KiB = 1024;
    private const ulong Alignment = Limits.ImageAlignment;

    private readonly List<GptPartition> _partitions = [];
    private ulong _next;

    public ImageLayout(Appliance appliance)
    {
        _next = Alignment;
        foreach ((string name, ulong size) in Areas(appliance.Board.Architecture))
            Add(name, size);
        Slots = appliance.Guests.Select(guest => (Add(guest.Name + "-a", guest.SlotSize), Add(guest.Name + "-b", guest.SlotSize))).ToArray();
        if (_next > appliance.Board.ImageSize - Alignment)
            throw new BuildException($"the image needs {_next / KiB} KiB and its backup GPT, the board's flash or disk has {appliance.Board.ImageSize / KiB} KiB");
    }

    public IReadOnlyList<GptPartition> Partitions => _partitions;
    /// <summary>What the reset vector branches to, and GRUB starts.</summary>
    public GptPartition FirstStage => this[FirstStageName];

    /// <summary>On a PC: GRUB's core image, which a BIOS starts by way of the first sector.</summary>
    public GptPartition BiosBoot => this["bios-boot"];

    /// <summary>On a PC: the EFI system partition, a FAT file system with GRUB as UEFI starts it.</summary>
    public GptPartition Esp => this["esp"];

    public GptPartition HypervisorA => this["hypervisor-a"];
    public GptPartition HypervisorB => this["hypervisor-b"];
    public GptPartition TableA => this["table-a"];
    public GptPartition TableB => this["table-b"];
    public GptPartition State0 => this["state-0"];
    public GptPartition State1 => this["state-1"];

    public GptPartition BlackBox => this["blackbox"];

    /// <summary>Slots a and b of each guest, in the manifest's order.</summary>
    public IReadOnlyList<(GptPartition A, GptPartition B)> Slots { get; }

    /// <summary>What comes before the slots: the way in, as the architecture's firmware wants it, then the same for all.</summary>
    public static IReadOnlyList<(string Name, ulong Size)> Areas(CpuArchitecture architecture) =>
    [
        .. architecture == CpuArchitecture.Arm64
            ? new[] { (FirstStageName, 256 * KiB) }
            : [("bios-boot", 256 * KiB), ("esp", 1024 * KiB), (FirstStageName, 256 * KiB)],
        ("hypervisor-a", 1024 * KiB),
        ("hypervisor-b", 1024 * KiB),
        ("table-a", 256 * KiB),
        ("table-b", 256 * KiB),
        ("state-0", 256 * KiB),
        ("state-1", 256 * KiB),
        ("blackbox", CrashLog.Size),
    ];

    private GptPartition Add(string name, ulong size)
    {
        size = (size + Alignment - 1) / Alignment * Alignment;
        GptPartition partition = new(name, _next, size);
        _partitions.Add(partition);
        _next += size;
        return partition;
    }

    private GptPartition this[string name] => _partitions.Single(partition => partition.Name == name);
}

using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A board.yaml as it was read: every value with its place, null where it was absent or refused.</summary>
internal sealed record BoardDocument(SourceFile File)
{
    public Located<string>? Name { get; init; }
    public CpuArchitecture Architecture { get; init; } = CpuArchitecture.Arm64;

    /// <summary>The board whose facts this one has; then it says nothing itself but how it is emulated.</summary>
    public Located<string>? SameAs { get; init; }

    public IReadOnlyList<Located<ulong>>? Cpus { get; init; }
    public IReadOnlyList<Region> Ram { get; init; } = [];
    public Region? HypervisorRam { get; init; }
    /// <summary>RAM for the black box, and whether a reset leaves it alone.</summary>
    public Region? BlackBox { get; init; }
    public bool ForgetsAtReset { get; init; }
    public WatchdogKind Watchdog { get; init; }
    public Region? FirstStageScratch { get; init; }
    public Region? DeviceTree { get; init; }
    public Region? BootImage { get; init; }
    public Region? Flash { get; init; }
    public Located<ulong>? EraseBlock { get; init; }
    public Region? Uart { get; init; }
    public Located<ulong>? UartIntId { get; init; }
    public Region? Gicd { get; init; }
    public Region? Gicr { get; init; }
    public Located<ulong>? GicrStride { get; init; }
    public IReadOnlyList<BoardDeviceDocument> Devices { get; init; } = [];
    public PcDocument? Pc { get; init; }
    public QemuBoard? Qemu { get; init; }
    public BochsBoard? Bochs { get; init; }

    /// <summary>What holds the image, flash or disk, with its size.</summary>
    public Region? ImageStore => Pc is null ? Flash : Pc.Disk;

    /// <summary>Ranges of RAM that no guest can have.</summary>
    public IEnumerable<Region> ReservedRam => new[] { HypervisorRam, BlackBox, FirstStageScratch, DeviceTree }.OfType<Region>();
}

/// <summary>What only a PC has. Ranges of ports are regions of their own space; the disk's is the bytes it holds.</summary>
internal sealed record PcDocument
{
    public Region? Disk { get; init; }
    public Region? DiskPorts { get; init; }
    public Region? DiskControlPort { get; init; }
    public Region? UartPorts { get; init; }
    public Located<ulong>? UartGsi { get; init; }
    public Region? LocalApic { get; init; }
    public Region? IoApic { get; init; }
}

internal sealed record BoardDeviceDocument(Located<string> Name)
{
    public IReadOnlyList<string> Compatible { get; init; } = [];
    public IReadOnlyList<Region> Registers { get; init; } = [];
    public IReadOnlyList<Region> Ports { get; init; } = [];
    public IReadOnlyList<Located<BoardInterrupt>> Interrupts { get; init; } = [];
    /// <summary>Its registers are offsets from the first of <see cref="Registers"/>.</summary>
    public IReadOnlyList<Located<ResetStep>> Reset { get; init; } = [];
    public bool Dma { get; init; }
    public IReadOnlyList<string> ClockNames { get; init; } = [];
}

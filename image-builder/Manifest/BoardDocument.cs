using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A board.yaml as it was read: every value with its place, null where it was absent or refused.</summary>
internal sealed record BoardDocument(SourceFile File)
{
    public Located<string>? Name { get; init; }
    public IReadOnlyList<Located<ulong>>? Cpus { get; init; }
    public IReadOnlyList<Region> Ram { get; init; } = [];
    public Region? HypervisorRam { get; init; }
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
    public QemuBoard? Qemu { get; init; }

    /// <summary>Ranges of RAM that no guest can have.</summary>
    public IEnumerable<Region> ReservedRam => new[] { HypervisorRam, FirstStageScratch, DeviceTree }.OfType<Region>();
}

internal sealed record BoardDeviceDocument(Located<string> Name)
{
    public IReadOnlyList<string> Compatible { get; init; } = [];
    public IReadOnlyList<Region> Registers { get; init; } = [];
    public IReadOnlyList<Located<BoardInterrupt>> Interrupts { get; init; } = [];
    public bool Dma { get; init; }
    public IReadOnlyList<string> ClockNames { get; init; } = [];
}

namespace Bulkhead.ImageBuilder.Model;

/// <summary>A board as its checked board.yaml says it is.</summary>
public sealed record Board(
    string Name,
    IReadOnlyList<ulong> CpuIds,
    IReadOnlyList<AddressRange> Ram,
    AddressRange HypervisorRam,
    AddressRange FirstStageScratch,
    AddressRange Flash,
    ulong EraseBlock,
    BoardUart Uart,
    BoardGic Gic,
    ulong DeviceTreeAddress,
    IReadOnlyList<BoardDevice> Devices,
    QemuBoard? Qemu)
{
    /// <summary>Where the whole image lies when it was started from RAM instead of flash; guests are placed elsewhere while there is room.</summary>
    public AddressRange? BootImage { get; init; }
}

/// <summary>A half-open range: base and length in bytes.</summary>
public readonly record struct AddressRange(ulong Base, ulong Size)
{
    public ulong End => Base + Size;
}

public sealed record BoardUart(ulong Base, uint IntId);

public sealed record BoardGic(ulong Gicd, ulong Gicr, ulong GicrStride);

/// <summary>
/// A plain MMIO device that a guest may be given. <paramref name="Dma"/> devices need an IOMMU.
/// <paramref name="Compatible"/> holds the strings separated by blanks, most exact first. <paramref name="Registers"/> are the exact
/// bytes for the device tree; what is mapped are the whole pages around them, and devices of one guest may share a page.
/// </summary>
public sealed record BoardDevice(
    string Name, string Compatible, IReadOnlyList<AddressRange> Registers, IReadOnlyList<BoardInterrupt> Interrupts, bool Dma,
    IReadOnlyList<string> ClockNames);

public sealed record BoardInterrupt(uint IntId, bool Edge);

/// <summary>How QEMU makes this board: machine and cpu arguments, and more as they are.</summary>
public sealed record QemuBoard(string Machine, string Cpu, string Memory, IReadOnlyList<string> Arguments);

using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Model;

/// <summary>
/// A board as its checked board.yaml says it is. <paramref name="ImageSize"/> is the size of the flash or disk that holds
/// the image, <paramref name="EraseBlock"/> what every partition is aligned to.
/// </summary>
public sealed record Board(
    string Name,
    IReadOnlyList<ulong> CpuIds,
    IReadOnlyList<AddressRange> Ram,
    AddressRange HypervisorRam,
    ulong ImageSize,
    ulong EraseBlock,
    BoardParts Parts,
    IReadOnlyList<BoardDevice> Devices)
{
    /// <summary>Where the whole image lies when it was started from RAM instead of flash; guests are placed elsewhere while there is room.</summary>
    public AddressRange? BootImage { get; init; }

    /// <summary>RAM for the black box; null where the board has none.</summary>
    public AddressRange? BlackBox { get; init; }

    /// <summary>A reset does not leave that RAM alone, so that crash records belong in flash.</summary>
    public bool ForgetsAtReset { get; init; }

    /// <summary>What ends a trial of a hypervisor that hangs.</summary>
    public WatchdogKind Watchdog { get; init; }

    /// <summary>The emulators that make this board; null where it has none of that kind.</summary>
    public QemuBoard? Qemu { get; init; }

    public BochsBoard? Bochs { get; init; }

    public CpuArchitecture Architecture => Parts.Architecture;

    public Arm64Parts Arm64 => (Arm64Parts)Parts;

    public PcParts Pc => (PcParts)Parts;
}

/// <summary>What only boards of one architecture have.</summary>
public abstract record BoardParts(CpuArchitecture Architecture);

public sealed record Arm64Parts(AddressRange FirstStageScratch, AddressRange Flash, BoardUart Uart, BoardGic Gic, ulong DeviceTreeAddress)
    : BoardParts(CpuArchitecture.Arm64);

/// <summary>A PC: its ports, and its I/O APIC's input that the UART is wired to.</summary>
public sealed record PcParts(ulong LocalApic, ulong IoApic, uint UartPort, uint UartGsi, uint DiskPort, uint DiskControlPort)
    : BoardParts(CpuArchitecture.X86_64);

/// <summary>A half-open range: base and length in bytes.</summary>
public readonly record struct AddressRange(ulong Base, ulong Size)
{
    public ulong End => Base + Size;
}

public sealed record BoardUart(ulong Base, uint IntId);

public sealed record BoardGic(ulong Gicd, ulong Gicr, ulong GicrStride);

/// <summary>
/// A plain device that a guest may be given. <paramref name="Dma"/> devices need an IOMMU.
/// <paramref name="Compatible"/> holds the device tree's strings separated by blanks, most exact first, or ACPI's id of a PC's device.
/// <paramref name="Registers"/> are the exact bytes for the guest; what is mapped are the whole pages around them, and devices of one guest
/// may share a page. <paramref name="Ports"/> are a PC's.
/// </summary>
public sealed record BoardDevice(
    string Name, string Compatible, IReadOnlyList<AddressRange> Registers, IReadOnlyList<BoardInterrupt> Interrupts, bool Dma,
    IReadOnlyList<string> ClockNames, IReadOnlyList<AddressRange> Ports)
{
    /// <summary>What brings it to rest between two lives of its guest.</summary>
    public IReadOnlyList<ResetStep> Reset { get; init; } = [];
}

/// <summary>An SPI, or an input of the I/O APIC; only there a line can be active low.</summary>
public sealed record BoardInterrupt(uint IntId, bool Edge, bool ActiveLow = false);

/// <summary>How QEMU makes this board: machine and cpu arguments, and more as they are.</summary>
public sealed record QemuBoard(string Machine, string Cpu, string Memory, IReadOnlyList<string> Arguments);

/// <summary>How Bochs makes this board: its model of a CPU, RAM, and the instructions that make one emulated second.</summary>
public sealed record BochsBoard(string Cpu, ulong Memory, ulong InstructionsPerSecond);

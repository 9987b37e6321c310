namespace Bulkhead.ImageBuilder.Diagnostics;

/// <summary>BH01xx: what a board.yaml says of its board.</summary>
public static class BoardDiagnostics
{
    public static readonly DiagnosticDescriptor UnknownBoard = new("BH0101", "There is no such board")
    {
        Cause = "Every board has a folder in boards/ with a board.yaml in it; there is none of this name.",
        Example = "board: qemu-virt-arm46",
        Fix = "board: qemu-virt-arm64",
    };

    public static readonly DiagnosticDescriptor NameDiffers = new("BH0102", "The board's name is not its folder's")
    {
        Cause = "A board is found by the name of its folder and its name is written into the image; the two have to be the same.",
        Example = "# boards/qemu-virt-arm64/board.yaml\nboard: virt",
        Fix = "# boards/qemu-virt-arm64/board.yaml\nboard: qemu-virt-arm64",
    };

    public static readonly DiagnosticDescriptor SameCpu = new("BH0103", "Two CPUs have the same id")
    {
        Cause = "The affinity fields of MPIDR_EL1, or the ids of the local APICs, tell a board's CPUs apart; the hypervisor starts them by it.",
        Example = "cpus:\n  - {mpidr: 0x0}\n  - {mpidr: 0x0}",
        Fix = "cpus:\n  - {mpidr: 0x0}\n  - {mpidr: 0x1}",
    };

    public static readonly DiagnosticDescriptor Overlap = new("BH0104", "Two things of the board overlap")
    {
        Cause = "RAM, flash, the UART, the interrupt controller and the devices each have addresses (or ports) of their own; the hypervisor's RAM, the first "
            + "stage's scratch and the place of the device tree must not touch each other either.",
        Example = "flash: {base: 0x0, size: 256 MiB, erase_block: 256 KiB}\nuart: {base: 0x09000000, intid: 33}",
        Fix = "Look both up in the board's manual and correct the wrong one.",
    };

    public static readonly DiagnosticDescriptor OutsideRam = new("BH0105", "Not within the board's RAM")
    {
        Cause = "The hypervisor's RAM, the first stage's scratch, the device tree and the place of an image started from RAM have to lie within "
            + "one of the ranges of RAM.",
        Example = "ram: [{base: 0x40000000, size: 2 GiB}]\nhypervisor_ram: {base: 0x200000, size: 2 MiB}",
        Fix = "hypervisor_ram: {base: 0x40200000, size: 2 MiB}",
    };

    public static readonly DiagnosticDescriptor UartInterrupt = new("BH0106", "A device has the interrupt of the board's UART")
    {
        Cause = "The UART belongs to the hypervisor, and so does its interrupt; a guest that got it with a device would miss some and see some "
            + "that are not its own.",
        Example = "uart: {base: 0x09000000, intid: 33}\ndevices:\n  rtc: {..., interrupts: [33]}",
        Fix = "Look the device's interrupt up in the board's manual. Shared peripheral interrupt n has the id 32 + n.",
    };

    public static readonly DiagnosticDescriptor TwinOfTwin = new("BH0107", "`same_as` names a board that has no facts itself")
    {
        Cause = "A board that is the same as another says only how an emulator makes it. The facts stand in one file, which `same_as` names directly.",
        Example = "# boards/bochs-ryzen/board.yaml\nsame_as: bochs         # which is the same as qemu-q35",
        Fix = "same_as: qemu-q35",
    };

    public static readonly DiagnosticDescriptor NothingToReach = new("BH0108", "A device that cannot be reached")
    {
        Cause = "A PC's device has registers in memory (`reg`), I/O ports (`ports`), or both; with neither there is nothing to give to a guest.",
        Example = "devices:\n  rtc: {hid: PNP0B00, interrupts: [8], dma: false}",
        Fix = "devices:\n  rtc: {hid: PNP0B00, ports: [{port: 0x70, count: 2}], interrupts: [8], dma: false}",
    };

    public static readonly DiagnosticDescriptor ForbiddenPorts = new("BH0109", "Ports that no guest can have")
    {
        Cause = "By some ports of a PC a guest would reach beyond itself: the interrupt controllers (0x20, 0xa0), the keyboard controller and system "
            + "control port A, which reset the board (0x60 to 0x64, 0x92), and PCI's configuration (0xcf8 to 0xcff), which leads to devices with DMA.",
        Example = "devices:\n  keyboard: {hid: PNP0303, ports: [{port: 0x60, count: 1}, {port: 0x64, count: 1}], interrupts: [1], dma: false}",
        Fix = "Leave the device out; no guest can have it.",
    };

    public static readonly DiagnosticDescriptor ResetOutside = new("BH0110", "A step of a reset is not in the device's registers")
    {
        Cause = "The hypervisor carries out a device's `reset` when its guest has ended. Each step is one register of 32 bits, at an offset from the "
            + "device's first range of registers and within it.",
        Example = "rtc:\n  reg: [{base: 0x09010000, size: 4 KiB}]\n  reset:\n    - {write: 0x09010010, value: 0}",
        Fix = "rtc:\n  reg: [{base: 0x09010000, size: 4 KiB}]\n  reset:\n    - {write: 0x10, value: 0}",
    };

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
        [UnknownBoard, NameDiffers, SameCpu, Overlap, OutsideRam, UartInterrupt, TwinOfTwin, NothingToReach, ForbiddenPorts, ResetOutside];
}

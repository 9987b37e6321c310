namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Every key of a board.yaml. board.schema.json says the same; a test compares them.</summary>
internal static class BoardKeys
{
    public static readonly KeySet Board = new("board",
        ["board", "cpus", "ram", "hypervisor_ram", "first_stage_scratch", "flash", "uart", "gic", "device_tree"],
        ["architecture", "boot_image", "black_box", "devices", "qemu"]);
    public static readonly KeySet Cpu = new("cpu", ["mpidr"], []);
    public static readonly KeySet Range = new("range", ["base", "size"], []);
    public static readonly KeySet BlackBox = new("black_box", ["base", "size"], ["survives_reset"]);
    public static readonly KeySet Flash = new("flash", ["base", "size", "erase_block"], []);
    public static readonly KeySet Uart = new("uart", ["base", "intid"], []);
    public static readonly KeySet Gic = new("gic", ["gicd", "gicr", "gicr_stride"], []);
    public static readonly KeySet Device = new("device", ["compatible", "reg", "dma"], ["interrupts", "clock_names", "reset"]);
    public static readonly KeySet ResetWrite = new("reset_write", ["write", "value"], ["mask"]);
    public static readonly KeySet ResetPoll = new("reset_poll", ["poll", "value", "within"], ["mask"]);
    public static readonly KeySet Interrupt = new("interrupt", ["intid"], ["trigger"]);
    public static readonly KeySet Qemu = new("qemu", ["machine", "cpu", "memory"], ["args"]);

    public static readonly KeySet Pc = new("pc", ["board", "architecture", "cpus", "ram", "hypervisor_ram", "disk", "uart", "apic"], ["black_box", "watchdog", "devices", "qemu", "bochs"]);
    public static readonly KeySet PcCpu = new("pc_cpu", ["apic_id"], []);
    public static readonly KeySet Disk = new("disk", ["port", "control_port", "size"], []);
    public static readonly KeySet PcUart = new("pc_uart", ["port", "gsi"], []);
    public static readonly KeySet Apic = new("apic", ["local", "io"], []);
    public static readonly KeySet PcDevice = new("pc_device", ["hid", "dma"], ["reg", "ports", "interrupts", "reset"]);
    public static readonly KeySet Ports = new("ports", ["port", "count"], []);
    public static readonly KeySet PcInterrupt = new("pc_interrupt", ["gsi"], ["trigger", "polarity"]);
    public static readonly KeySet Bochs = new("bochs", ["cpu", "memory", "ips"], []);

    /// <summary>A board that only another emulator makes.</summary>
    public static readonly KeySet Twin = new("twin", ["board", "same_as"], ["qemu", "bochs"]);

    public static IReadOnlyList<KeySet> All { get; } =
        [Board, Cpu, Range, BlackBox, Flash, Uart, Gic, Device, ResetWrite, ResetPoll, Interrupt, Qemu, Pc, PcCpu, Disk, PcUart, Apic, PcDevice, Ports, PcInterrupt, Bochs, Twin];
}

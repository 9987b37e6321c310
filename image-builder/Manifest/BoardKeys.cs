namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Every key of a board.yaml. board.schema.json says the same; a test compares them.</summary>
internal static class BoardKeys
{
    public static readonly KeySet Board = new("board",
        ["board", "cpus", "ram", "hypervisor_ram", "first_stage_scratch", "flash", "uart", "gic", "device_tree"],
        ["boot_image", "devices", "qemu"]);
    public static readonly KeySet Cpu = new("cpu", ["mpidr"], []);
    public static readonly KeySet Range = new("range", ["base", "size"], []);
    public static readonly KeySet Flash = new("flash", ["base", "size", "erase_block"], []);
    public static readonly KeySet Uart = new("uart", ["base", "intid"], []);
    public static readonly KeySet Gic = new("gic", ["gicd", "gicr", "gicr_stride"], []);
    public static readonly KeySet Device = new("device", ["compatible", "reg", "dma"], ["interrupts", "clock_names"]);
    public static readonly KeySet Interrupt = new("interrupt", ["intid"], ["trigger"]);
    public static readonly KeySet Qemu = new("qemu", ["machine", "cpu", "memory"], ["args"]);

    public static IReadOnlyList<KeySet> All { get; } = [Board, Cpu, Range, Flash, Uart, Gic, Device, Interrupt, Qemu];
}

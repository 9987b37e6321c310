namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Every key of an appliance.yaml. appliance.schema.json says the same; a test compares them.</summary>
internal static class ApplianceKeys
{
    public static readonly KeySet Appliance = new("appliance", ["appliance", "board", "guests"], ["trace", "crash_log", "on_bug", "crash_call", "keys", "production", "version", "rollback", "management"]);
    public static readonly KeySet Keys = new("keys", ["root"], ["next_root"]);
    public static readonly KeySet Guest = new("guest", ["cpus", "memory"], ["linux", "kernel", "slot", "autostart", "after", "restart", "watchdog", "update", "devices", "platform", "key", "version", "rollback", "channel_abi", "role"]);
    public static readonly KeySet Restart = new("restart", [], ["on", "delay", "limit", "then"]);
    public static readonly KeySet Watchdog = new("watchdog", ["timeout"], ["pretimeout", "boot"]);
    public static readonly KeySet Update = new("update", [], ["tries", "confirm", "health"]);
    public static readonly KeySet Memory = new("memory", ["size"], ["host"]);
    public static readonly KeySet Linux = new("linux", ["package"], ["cmdline", "compression", "initramfs"]);
    public static readonly KeySet Initramfs = new("initramfs", [], ["modules", "files", "init"]);
    public static readonly KeySet Kernel = new("kernel", [], ["file", "project", "initrd", "cmdline", "compression"]);
    public static readonly KeySet Platform = new("platform", [], [.. Arm64Platform, .. PcPlatform, "mailbox"]);

    /// <summary>Which of `platform`'s keys place what only guests of one architecture have.</summary>
    public static string[] Arm64Platform => ["ram", "gicd", "gicr", "uart", "uart_intid", "intids", "watchdog", "watchdog_intid", "control_uart", "control_uart_intid"];

    public static string[] PcPlatform => ["local_apic", "io_apic", "uart_port", "uart_gsi", "sleep_port", "reset_port", "watchdog_port", "control_uart_port", "control_uart_gsi"];

    public static IReadOnlyList<KeySet> All { get; } = [Appliance, Keys, Guest, Restart, Watchdog, Update, Memory, Linux, Initramfs, Kernel, Platform];
}

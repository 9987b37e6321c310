using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>A guest's device tree: exactly what it has. Seeds have a fixed size; the hypervisor fills them at each boot.</summary>
public sealed record GuestDeviceTree(byte[] Bytes, int RngSeedOffset, int KaslrSeedOffset)
{
    public const int RngSeedSize = 64;
    public const int KaslrSeedSize = 8;
    private const uint GicPhandle = 1, ClockPhandle = 2;
    private const uint Spi = 0, Ppi = 1, LevelHigh = 4, LevelLow = 8, EdgeRising = 1;

    public static GuestDeviceTree Make(Guest guest, string board, AddressRange? initrd)
    {
        GicPlatform platform = (GicPlatform)guest.Platform;
        DeviceTreeWriter tree = new();
        tree.Begin("");
        tree.Cells("#address-cells", 2).Cells("#size-cells", 2).Cells("interrupt-parent", GicPhandle);
        tree.Text("compatible", "linux,dummy-virt").Text("model", $"Bulkhead {guest.Name} on {board}");

        tree.Begin("chosen");
        tree.Text("stdout-path", $"/pl011@{platform.Uart:x}");
        if (guest.Payload.CommandLine.Length != 0)
            tree.Text("bootargs", guest.Payload.CommandLine);
        if (initrd is { } range)
            tree.Wide("linux,initrd-start", range.Base).Wide("linux,initrd-end", range.End);
        int rng = tree.Bytes("rng-seed", new byte[RngSeedSize]);
        int kaslr = tree.Bytes("kaslr-seed", new byte[KaslrSeedSize]);
        tree.EndOfNode();

        // Linux numbers its ports by them: the console stays ttyAMA0. bulkheadctl finds the mailbox by its alias.
        if (guest.IsControl)
        {
            tree.Begin("aliases").Text("serial0", $"/pl011@{platform.Uart:x}").Text("serial1", $"/pl011@{platform.ControlUart.Address:x}")
                .Text("mailbox", $"/bulkhead-mailbox@{guest.Mailbox:x}").EndOfNode();
        }

        tree.Begin($"memory@{guest.Memory.GuestBase:x}");
        tree.Text("device_type", "memory").Wide("reg", guest.Memory.GuestBase, GuestRam.ForKernel(guest)[0].Size).EndOfNode();

        tree.Begin("cpus").Cells("#address-cells", 1).Cells("#size-cells", 0);
        for (uint cpu = 0; cpu < guest.Cpus.Count; cpu++)
        {
            tree.Begin($"cpu@{cpu:x}").Text("device_type", "cpu").Text("compatible", "arm,armv8").Cells("reg", cpu)
                .Text("enable-method", "psci").EndOfNode();
        }
        tree.EndOfNode();

        tree.Begin("psci").Text("compatible", "arm,psci-1.0", "arm,psci-0.2").Text("method", "hvc").EndOfNode();
        tree.Begin("timer").Text("compatible", "arm,armv8-timer")
            .Cells("interrupts", Ppi, 13, LevelLow, Ppi, 14, LevelLow, Ppi, 11, LevelLow, Ppi, 10, LevelLow)
            .Empty("always-on").EndOfNode();
        tree.Begin($"intc@{platform.Gicd:x}").Text("compatible", "arm,gic-v3").Cells("#interrupt-cells", 3).Cells("#address-cells", 0)
            .Empty("interrupt-controller")
            .Wide("reg", platform.Gicd, 0x10000, platform.Gicr, 0x20000ul * (ulong)guest.Cpus.Count)
            .Cells("phandle", GicPhandle).EndOfNode();
        tree.Begin("apb-clock").Text("compatible", "fixed-clock").Cells("#clock-cells", 0).Cells("clock-frequency", 24_000_000)
            .Text("clock-output-names", "apb").Cells("phandle", ClockPhandle).EndOfNode();
        Uart(tree, platform.Uart, platform.UartIntId);
        if (guest.IsControl)
        {
            Uart(tree, platform.ControlUart.Address, platform.ControlUart.IntId);
            tree.Begin($"bulkhead-mailbox@{guest.Mailbox:x}").Text("compatible", "bulkhead,mailbox").Wide("reg", guest.Mailbox, Limits.Page).EndOfNode();
        }
        if (guest.HasWatchdog)
            Watchdog(tree, platform, guest.Watchdog);
        foreach (BoardDevice device in guest.Devices)
            Assigned(tree, device);
        tree.EndOfNode();
        return new GuestDeviceTree(tree.Finish(), rng, kaslr);
    }

    private static void Uart(DeviceTreeWriter tree, ulong address, uint intId) =>
        tree.Begin($"pl011@{address:x}").Text("compatible", "arm,pl011", "arm,primecell")
            .Wide("reg", address, Limits.Page).Cells("interrupts", Spi, intId - 32, LevelHigh)
            .Cells("clocks", ClockPhandle, ClockPhandle).Text("clock-names", "uartclk", "apb_pclk").EndOfNode();

    // Control frame first (the binding arm,sbsa-gwdt); whole seconds, rounded up.
    private static void Watchdog(DeviceTreeWriter tree, GicPlatform platform, WatchdogEntry watchdog) =>
        tree.Begin($"watchdog@{platform.Watchdog.Control:x}").Text("compatible", "arm,sbsa-gwdt")
            .Wide("reg", platform.Watchdog.Control, Limits.Page, platform.Watchdog.Refresh, Limits.Page)
            .Cells("interrupts", Spi, platform.Watchdog.IntId - 32, LevelHigh).Cells("timeout-sec", (watchdog.Timeout + 999) / 1000).EndOfNode();

    private static void Assigned(DeviceTreeWriter tree, BoardDevice device)
    {
        tree.Begin($"{device.Name}@{device.Registers[0].Base:x}");
        tree.Text("compatible", device.Compatible.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        tree.Wide("reg", device.Registers.SelectMany(range => new[] { range.Base, range.Size }).ToArray());
        if (device.Interrupts.Count != 0)
            tree.Cells("interrupts", device.Interrupts.SelectMany(irq => new[] { Spi, irq.IntId - 32, irq.Edge ? EdgeRising : LevelHigh }).ToArray());
        if (device.ClockNames.Count != 0)
            tree.Cells("clocks", Enumerable.Repeat(ClockPhandle, device.ClockNames.Count).ToArray()).Text("clock-names", device.ClockNames.ToArray());
        tree.EndOfNode();
    }
}

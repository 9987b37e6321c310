using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

public class DeviceBusTests
{
    [Theory]
    [InlineData(0x0800_0000ul, DeviceKind.Gicd, 0u)]
    [InlineData(0x0800_fffful, DeviceKind.Gicd, 0xffffu)]
    [InlineData(0x0801_0000ul, DeviceKind.None, 0u)]
    [InlineData(0x07ff_fffful, DeviceKind.None, 0u)]
    [InlineData(0x080a_0000ul, DeviceKind.Gicr, 0u)]
    [InlineData(0x080d_fffful, DeviceKind.Gicr, 0x3_ffffu)]
    [InlineData(0x080e_0000ul, DeviceKind.None, 0u)]
    [InlineData(0x0900_0018ul, DeviceKind.Uart, 0x18u)]
    [InlineData(0x0900_1000ul, DeviceKind.None, 0u)]
    [InlineData(0ul, DeviceKind.None, 0u)]
    [InlineData(ulong.MaxValue, DeviceKind.None, 0u)]
    public void Finds_the_window(ulong address, DeviceKind kind, uint offset)
    {
        DeviceBus bus = default;
        bus.Initialize(new GuestEntry { VcpuCount = 2, Arm64 = new() { Gicd = new(0x0800_0000), Gicr = new(0x080a_0000), Uart = new(0x0900_0000) } });
        DeviceHit hit = bus.Find(new GuestPhys(address));
        Assert.Equal(kind, hit.Kind);
        Assert.Equal(offset, hit.Offset);
        // None of these is another device's either.
        Assert.Equal(DeviceKind.None, bus.FindOther(new GuestPhys(address)).Kind);
    }

    [Theory]
    [InlineData(0x090a_0000ul, DeviceKind.WatchdogControl, 0u)]
    [InlineData(0x090a_0ffful, DeviceKind.WatchdogControl, 0xfffu)]
    [InlineData(0x090a_1000ul, DeviceKind.None, 0u)]
    [InlineData(0x090b_0fccul, DeviceKind.WatchdogRefresh, 0xfccu)]
    [InlineData(0x0904_0018ul, DeviceKind.ControlUart, 0x18u)]
    [InlineData(0x0904_1000ul, DeviceKind.None, 0u)]
    [InlineData(0x0905_000cul, DeviceKind.Mailbox, 0xcu)]
    [InlineData(0x0905_1000ul, DeviceKind.None, 0u)]
    [InlineData(0x0909_fffful, DeviceKind.None, 0u)]
    [InlineData(0ul, DeviceKind.None, 0u)]
    public void Finds_the_devices_without_haste(ulong address, DeviceKind kind, uint offset)
    {
        DeviceBus bus = default;
        GuestEntry guest = new() { VcpuCount = 1, Arm64 = new() { Uart = new(0x0900_0000), WatchdogControl = new(0x090a_0000), WatchdogRefresh = new(0x090b_0000), ControlUart = new(0x0904_0000) } };
        guest.Mailbox.Registers = new(0x0905_0000);
        bus.Initialize(in guest);
        // Its place alone makes no device.
        Assert.Equal(DeviceKind.None, bus.FindOther(new GuestPhys(address)).Kind);
        guest.Watchdog.Timeout = 1000;
        guest.Flags = GuestFlags.Control;
        bus.Initialize(in guest);
        DeviceHit hit = bus.FindOther(new GuestPhys(address));
        Assert.Equal((kind, offset), (hit.Kind, hit.Offset));
    }
}

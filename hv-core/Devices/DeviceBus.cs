using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Devices;

/// <summary>
/// Which virtual device a guest address belongs to. With three windows in a hurry, one of a fixed place each, three
/// comparisons are shorter than any table that would take every map a manifest may choose; the others are looked for
/// after them.
/// Windows cannot overlap: <see cref="ApplianceTableReader"/> has refused the table otherwise.
/// </summary>
public struct DeviceBus
{
    // Of a device that the guest has not: no address of a guest is as high.
    private const ulong Nowhere = 1ul << 63;

    private ulong _gicd;
    private ulong _uart;
    private ulong _gicr;
    private ulong _gicrSize;
    private ulong _watchdogControl;
    private ulong _watchdogRefresh;
    private ulong _control;
    private ulong _mailbox;

    public void Initialize(in GuestEntry guest)
    {
        ref readonly Arm64Platform platform = ref guest.Arm64;
        _gicd = platform.Gicd.Value;
        _gicr = platform.Gicr.Value;
        _uart = platform.Uart.Value;
        _gicrSize = Arm64TableRules.GicrSize * guest.VcpuCount;
        bool hasWatchdog = guest.Watchdog.Timeout != 0;
        _watchdogControl = hasWatchdog ? platform.WatchdogControl.Value : Nowhere;
        _watchdogRefresh = hasWatchdog ? platform.WatchdogRefresh.Value : Nowhere;
        _control = guest.IsControl ? platform.ControlUart.Value : Nowhere;
        _mailbox = guest.IsControl ? guest.Mailbox.Registers.Value : Nowhere;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly DeviceHit Find(GuestPhys address)
    {
        ulong offset = address.Value - _gicd;
        if (offset < Arm64TableRules.GicdSize)
            return new(DeviceKind.Gicd, (uint)offset);
        offset = address.Value - _uart;
        if (offset < Arm64TableRules.UartSize)
            return new(DeviceKind.Uart, (uint)offset);
        offset = address.Value - _gicr;
        return offset < _gicrSize ? new(DeviceKind.Gicr, (uint)offset) : default;
    }

    /// <summary>The same for the devices that <see cref="Find"/> leaves out.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly DeviceHit FindOther(GuestPhys address)
    {
        ulong offset = address.Value - _watchdogControl;
        if (offset < Arm64TableRules.WatchdogFrameSize)
            return new(DeviceKind.WatchdogControl, (uint)offset);
        offset = address.Value - _watchdogRefresh;
        if (offset < Arm64TableRules.WatchdogFrameSize)
            return new(DeviceKind.WatchdogRefresh, (uint)offset);
        offset = address.Value - _control;
        if (offset < Arm64TableRules.UartSize)
            return new(DeviceKind.ControlUart, (uint)offset);
        offset = address.Value - _mailbox;
        return offset < Mailbox.RegistersSize ? new(DeviceKind.Mailbox, (uint)offset) : default;
    }
}

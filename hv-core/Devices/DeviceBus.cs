using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Devices;

/// <summary>
/// Which virtual device a guest address belongs to. With three windows, one of a fixed place each, three comparisons
/// are shorter than any table that would take every map a manifest may choose; a bus of more devices wants the table.
/// Windows cannot overlap: <see cref="ApplianceTableReader"/> has refused the table otherwise.
/// </summary>
public struct DeviceBus
{
    private ulong _gicd;
    private ulong _uart;
    private ulong _gicr;
    private ulong _gicrSize;

    public void Initialize(in Arm64Platform platform, uint vcpuCount)
    {
        _gicd = platform.Gicd.Value;
        _gicr = platform.Gicr.Value;
        _uart = platform.Uart.Value;
        _gicrSize = Arm64TableRules.GicrSize * vcpuCount;
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
}

using Bulkhead.Memory;
namespace Bulkhead.Arm64.El2;

internal enum DeviceKind { None, Gicd, Gicr, Uart }

internal readonly struct DeviceHit(DeviceKind kind, uint offset)
{
    public readonly DeviceKind Kind = kind;
    public readonly uint Offset = offset;

    public static DeviceHit Find(ref Partition p, GuestPhys a)
    {
        ulong o = a.Value - p.Entry.Platform.Uart.Value;
        if (o < 0x1000) return new(DeviceKind.Uart, (uint)o);
        o = a.Value - p.Entry.Platform.Gicd.Value;
        if (o < 0x10000) return new(DeviceKind.Gicd, (uint)o);
        o = a.Value - p.Entry.Platform.Gicr.Value;
        if (o < 0x20000 * p.VcpuCount) return new(DeviceKind.Gicr, (uint)o);
        return default;
    }
}

namespace Bulkhead.Devices;

/// <summary>What a guest address belongs to: a device, and the offset from its window's first byte.</summary>
public readonly struct DeviceHit(DeviceKind kind, uint offset)
{
    public readonly DeviceKind Kind = kind;
    public readonly uint Offset = offset;
}

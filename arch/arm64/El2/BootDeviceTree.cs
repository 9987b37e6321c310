using System;
using Bulkhead.Boot;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>The device tree that firmware or QEMU handed over, if there is one.</summary>
internal static unsafe class BootDeviceTree
{
    /// <summary>False when there is none; a damaged one is refused.</summary>
    public static bool TryRead(HostPhys address, ref DeviceTreeFacts facts)
    {
        if (address.Value == 0)
            return false;
        byte* tree = (byte*)address.Value;
        int size = DeviceTreeReader.SizeOf(new ReadOnlySpan<byte>(tree, DeviceTreeReader.HeaderSize));
        return size > 0 && DeviceTreeReader.Read(new ReadOnlySpan<byte>(tree, size), ref facts) == DeviceTreeError.None;
    }
}

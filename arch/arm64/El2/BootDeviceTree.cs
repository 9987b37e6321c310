using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

internal static class BootDeviceTree
{
    public static bool TryFindInitrd(HostPhys tree, out HostPhys start, out ulong size)
    {
        start = default;
        size = 0;
        return false;
    }
}

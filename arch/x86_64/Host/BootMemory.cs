using System;
using Bulkhead.Memory;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>
/// Memory below 4 GiB, as the boot CPU's first tables map it, read only. Virtual 0 stays unmapped, and loaders do leave
/// things in physical page 0: it is all seen 1 TiB up.
/// </summary>
internal readonly unsafe struct BootMemory : IPhysicalMemory
{
    public const ulong VirtualOffset = 1ul << 40;
    public const ulong Size = 1ul << 32;

    public bool TryRead(HostPhys address, uint bytes, out ReadOnlySpan<byte> found)
    {
        bool isThere = address.Value < Size && bytes <= Size - address.Value && bytes <= int.MaxValue;
        found = isThere ? new ReadOnlySpan<byte>((void*)(VirtualOffset + address.Value), (int)bytes) : default;
        return isThere;
    }
}

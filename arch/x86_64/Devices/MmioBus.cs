using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Devices;

/// <summary>
/// Which virtual device a guest address belongs to, a page each. A local APIC is there in xAPIC mode only
/// (<see cref="Apic.VirtualLocalApic.HasPage"/>), which its caller asks.
/// </summary>
public struct MmioBus
{
    private ulong _local;
    private ulong _io;

    public void Initialize(in X86Platform platform)
    {
        _local = platform.LocalApic.Value;
        _io = platform.IoApic.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly MmioDevice Find(GuestPhys address, out uint offset)
    {
        offset = (uint)(address.Value & (X86TableRules.ApicSize - 1));
        ulong page = address.Value - offset;
        if (page == _local)
            return MmioDevice.LocalApic;
        return page == _io ? MmioDevice.IoApic : MmioDevice.None;
    }
}

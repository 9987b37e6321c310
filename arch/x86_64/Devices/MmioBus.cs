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
    // No page begins there.
    private const ulong Nowhere = 1;

    private ulong _local;
    private ulong _io;
    private ulong _mailbox;

    public void Initialize(in GuestEntry guest)
    {
        _local = guest.X86.LocalApic.Value;
        _io = guest.X86.IoApic.Value;
        _mailbox = guest.IsControl ? guest.Mailbox.Registers.Value : Nowhere;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly MmioDevice Find(GuestPhys address, out uint offset)
    {
        offset = (uint)(address.Value & (X86TableRules.ApicSize - 1));
        ulong page = address.Value - offset;
        if (page == _local)
            return MmioDevice.LocalApic;
        if (page == _io)
            return MmioDevice.IoApic;
        return page == _mailbox ? MmioDevice.Mailbox : MmioDevice.None;
    }
}

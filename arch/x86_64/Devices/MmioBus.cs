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

    /// <summary>Where the page of an address begins, and how far into it that lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PageOf(GuestPhys address, out uint offset)
    {
        offset = (uint)(address.Value & (X86TableRules.ApicSize - 1));
        return address.Value - offset;
    }

    public readonly bool IsLocalApic(ulong page) => page == _local;

    public readonly bool IsIoApic(ulong page) => page == _io;

    /// <summary>A control guest's mailbox.</summary>
    public readonly bool IsMailbox(ulong page) => page == _mailbox;
}

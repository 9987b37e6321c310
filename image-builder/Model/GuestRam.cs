using Bulkhead.Devices;

namespace Bulkhead.ImageBuilder.Model;

/// <summary>A stretch of a guest's RAM: guest address, board address, bytes.</summary>
public readonly record struct GuestRange(ulong Guest, ulong Host, ulong Size)
{
    public ulong GuestEnd => Guest + Size;
}

/// <summary>Where a guest sees the one stretch of board RAM it has.</summary>
public static class GuestRam
{
    // What a PC has below 4 GiB beside RAM: I/O APIC, local APICs, and room for devices.
    private const ulong PcHole = 3ul << 30, PcHoleEnd = 4ul << 30;

    public static IReadOnlyList<GuestRange> Of(Guest guest) => guest.Platform is PcPlatform
        ? OnPc(guest.Memory.HostBase, guest.Memory.Size)
        : [new GuestRange(guest.Memory.GuestBase, guest.Memory.HostBase, guest.Memory.Size)];

    /// <summary>What its kernel is told of: all but a control guest's mailbox buffer.</summary>
    public static IReadOnlyList<GuestRange> ForKernel(Guest guest)
    {
        IReadOnlyList<GuestRange> ram = Of(guest);
        return guest.IsControl ? [.. ram.SkipLast(1), ram[^1] with { Size = ram[^1].Size - Mailbox.BufferSize }] : ram;
    }

    /// <summary>Guest address of a control guest's mailbox buffer: the end of its RAM.</summary>
    public static ulong MailboxBuffer(Guest guest) => ForKernel(guest)[^1].GuestEnd;

    /// <summary>RAM from 0, interrupted below 4 GiB.</summary>
    public static IReadOnlyList<GuestRange> OnPc(ulong host, ulong size) => size <= PcHole
        ? [new GuestRange(0, host, size)]
        : [new GuestRange(0, host, PcHole), new GuestRange(PcHoleEnd, host + PcHole, size - PcHole)];
}

namespace Bulkhead.ImageBuilder.Model;

/// <summary>A stretch of a guest's RAM: guest address, board address, bytes.</summary>
public readonly record struct GuestRange(ulong Guest, ulong Host, ulong Size);

/// <summary>Where a guest sees the one stretch of board RAM it has.</summary>
public static class GuestRam
{
    // What a PC has below 4 GiB beside RAM: I/O APIC, local APICs, and room for devices.
    private const ulong PcHole = 3ul << 30, PcHoleEnd = 4ul << 30;

    public static IReadOnlyList<GuestRange> Of(Guest guest) => guest.Platform is PcPlatform
        ? OnPc(guest.Memory.HostBase, guest.Memory.Size)
        : [new GuestRange(guest.Memory.GuestBase, guest.Memory.HostBase, guest.Memory.Size)];

    /// <summary>RAM from 0, interrupted below 4 GiB.</summary>
    public static IReadOnlyList<GuestRange> OnPc(ulong host, ulong size) => size <= PcHole
        ? [new GuestRange(0, host, size)]
        : [new GuestRange(0, host, PcHole), new GuestRange(PcHoleEnd, host + PcHole, size - PcHole)];
}

using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Tests.Layout;

/// <summary>Guests of a PC, with what a test wants to vary.</summary>
internal static class PcGuests
{
    public static readonly PcPlatform Usual = new(0xfee0_0000, 0xfec0_0000, 0x3f8, 4, 0x600, 0x604);

    public static Guest Make(PcPlatform? platform = null, int cpus = 2, ulong memory = 64 << 20, string commandLine = "console=ttyS0", bool compress = false,
        params BoardDevice[] devices) => new(
        "guest", [.. Enumerable.Range(0, cpus)], new GuestMemory(0, 0x1000_0000, memory), 1 << 20, true, [], default,
        new KernelPayload("kernel", null, null, commandLine, compress), platform ?? Usual, devices);
}

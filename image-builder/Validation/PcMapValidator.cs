using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>The PC one guest sees: RAM from 0, APICs above it, ports of its own, none of them twice.</summary>
internal sealed class PcMapValidator(GuestDocument guest, DiagnosticBag diagnostics)
{
    public void Check()
    {
        PlatformDocument platform = guest.Platform;
        Alignment.CheckAddress(platform.LocalApic, Limits.Page, "`local_apic`", diagnostics);
        Alignment.CheckAddress(platform.IoApic, Limits.Page, "`io_apic`", diagnostics);
        Check(
        [
            .. Ram(),
            At("the local APICs", platform.LocalApic, Defaults.LocalApic, Limits.Page),
            At("the I/O APIC", platform.IoApic, Defaults.IoApic, Limits.Page),
        ]);
        Check(
        [
            At("the UART's ports", platform.UartPort, Defaults.UartPort, Limits.UartPorts),
            At("the sleep registers' ports", platform.SleepPort, Defaults.SleepPort, Limits.SleepPorts),
            At("the reset port", platform.ResetPort, Defaults.ResetPort, 1),
            .. guest.HasWatchdog ? [At("the watchdog's ports", platform.WatchdogPort, Defaults.WatchdogPort, Limits.WatchdogPorts)] : Array.Empty<Region>(),
        ]);
        if (platform.WatchdogPort is { } port && port.Value % Limits.WatchdogPorts != 0)
            diagnostics.Add(SyntaxDiagnostics.Misaligned, port.Span, $"`watchdog_port` must be a multiple of {Limits.WatchdogPorts}, and is 0x{port.Value:x}");
    }

    private void Check(IReadOnlyList<Region> regions) =>
        Overlaps.Check(regions, ApplianceDiagnostics.GuestMapOverlap, $" in the map of guest {guest.Name.Value}", diagnostics);

    private IEnumerable<Region> Ram()
    {
        if (guest.MemorySize is not { } size)
            yield break;
        foreach (GuestRange range in GuestRam.OnPc(0, size.Value))
            yield return new Region("the RAM", new AddressRange(range.Guest, range.Size), size.Span);
    }

    private Region At(string what, Located<ulong>? place, ulong usual, ulong size) =>
        new(what, new AddressRange(place?.Value ?? usual, size), place?.Span ?? guest.Name.Span);
}

using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>The PC one guest sees: RAM from 0, APICs above it, ports of its own, none of them twice.</summary>
internal sealed class PcMapValidator(GuestDocument guest, BoardDocument? board, DiagnosticBag diagnostics)
{
    private readonly GivenDevices _devices = new(guest, board);

    public void Check()
    {
        PlatformDocument platform = guest.Platform;
        Alignment.CheckAddress(platform.LocalApic, Limits.Page, "`local_apic`", diagnostics);
        Alignment.CheckAddress(platform.IoApic, Limits.Page, "`io_apic`", diagnostics);
        Alignment.CheckAddress(platform.Mailbox, Limits.Page, "`mailbox`", diagnostics);
        Check(
        [
            .. Ram(),
            At("the local APICs", platform.LocalApic, Defaults.LocalApic, Limits.Page),
            At("the I/O APIC", platform.IoApic, Defaults.IoApic, Limits.Page),
            .. guest.IsControl ? [At("the mailbox", platform.Mailbox, Defaults.Mailbox(CpuArchitecture.X86_64), Limits.Page)] : Array.Empty<Region>(),
            // Whole pages are mapped: a virtual device in one of them would never be asked.
            .. Given(device => device.Registers.Select(registers => Pages.Around(registers.Range)).Distinct()),
        ]);
        Check(
        [
            At("the UART's ports", platform.UartPort, Defaults.UartPort, Limits.UartPorts),
            At("the sleep registers' ports", platform.SleepPort, Defaults.SleepPort, Limits.SleepPorts),
            At("the reset port", platform.ResetPort, Defaults.ResetPort, 1),
            .. guest.IsControl ? [At("the control UART's ports", platform.ControlUartPort, Defaults.ControlUartPort, Limits.UartPorts)] : Array.Empty<Region>(),
            .. guest.HasWatchdog ? [At("the watchdog's ports", platform.WatchdogPort, Defaults.WatchdogPort, Limits.WatchdogPorts)] : Array.Empty<Region>(),
            .. Given(device => device.Ports.Select(ports => ports.Range)),
        ]);
        if (platform.WatchdogPort is { } port && port.Value % Limits.WatchdogPorts != 0)
            diagnostics.Add(SyntaxDiagnostics.Misaligned, port.Span, $"`watchdog_port` must be a multiple of {Limits.WatchdogPorts}, and is 0x{port.Value:x}");
        CheckInterrupts();
        _devices.CheckCounts(Ram().Count(), diagnostics);
    }

    private IEnumerable<Region> Given(Func<BoardDeviceDocument, IEnumerable<AddressRange>> ranges) =>
        _devices.SelectMany(given => ranges(given.Device).Select(range => new Region($"device {given.Device.Name.Value}", range, given.Span)));

    private sealed record VirtualInput(string Device, string Key, uint Gsi, Located<ulong>? Said);

    private void CheckInterrupts()
    {
        PlatformDocument platform = guest.Platform;
        List<VirtualInput> own = [new("UART", "uart_gsi", (uint)(platform.UartGsi?.Value ?? Defaults.UartGsi), platform.UartGsi)];
        if (guest.IsControl)
            own.Add(new("control UART", "control_uart_gsi", (uint)(platform.ControlUartGsi?.Value ?? Defaults.ControlUartGsi), platform.ControlUartGsi));
        if (own.Count == 2 && own[0].Gsi == own[1].Gsi)
        {
            diagnostics.Add(ApplianceDiagnostics.GuestInterruptConflict, (own[1].Said ?? own[0].Said)?.Span ?? guest.Name.Span,
                $"the virtual UART and the control UART of guest {guest.Name.Value} both have GSI {own[0].Gsi}", [.. own.Select(Place)]);
        }
        foreach ((BoardDeviceDocument device, SourceSpan span) in _devices)
        {
            foreach (Located<BoardInterrupt> interrupt in device.Interrupts)
            {
                if (own.FirstOrDefault(o => o.Gsi == interrupt.Value.IntId) is { } taken)
                {
                    diagnostics.Add(ApplianceDiagnostics.GuestInterruptConflict, span,
                        $"device {device.Name.Value} and the virtual {taken.Device} of guest {guest.Name.Value} both have GSI {taken.Gsi}",
                        Place(taken), new DiagnosticNote(interrupt.Span, "the device's is here"));
                }
                else if (interrupt.Value.IntId >= Limits.GuestIoApicInputs)
                {
                    diagnostics.Add(ApplianceDiagnostics.TooFewIntIds, span,
                        $"GSI {interrupt.Value.IntId} of device {device.Name.Value} is beyond the {Limits.GuestIoApicInputs} inputs of a guest's I/O APIC",
                        new DiagnosticNote(interrupt.Span, "the device's is here"));
                }
            }
        }
    }

    private DiagnosticNote Place(VirtualInput device) => new(device.Said?.Span ?? guest.Name.Span,
        device.Said is null ? $"the {device.Device}'s GSI is {device.Gsi} unless `{device.Key}` says another" : $"the {device.Device}'s is here");

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

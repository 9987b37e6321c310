using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>The board one guest sees: addresses and interrupts of its own, none of them twice.</summary>
internal sealed class GuestMapValidator(GuestDocument guest, BoardDocument? board, DiagnosticBag diagnostics)
{
    private readonly string _name = guest.Name.Value;
    private readonly GivenDevices _devices = new(guest, board);

    public void Check()
    {
        PlatformDocument platform = guest.Platform;
        Alignment.CheckAddress(platform.Ram, Limits.Block, "`ram`", diagnostics);
        Alignment.CheckAddress(platform.Gicd, Limits.GicFrame, "`gicd`", diagnostics);
        Alignment.CheckAddress(platform.Gicr, Limits.GicFrame, "`gicr`", diagnostics);
        Alignment.CheckAddress(platform.Uart, Limits.Page, "`uart`", diagnostics);
        Alignment.CheckAddress(platform.ControlUart, Limits.Page, "`control_uart`", diagnostics);
        Alignment.CheckAddress(platform.Mailbox, Limits.Page, "`mailbox`", diagnostics);
        Alignment.CheckAddress(platform.Watchdog, Limits.WatchdogStride, "`watchdog`", diagnostics);

        List<Region> map = [];
        Add(map, "the distributor", platform.Gicd, Defaults.Gicd, Limits.GicFrame);
        Add(map, "the redistributors", platform.Gicr, Defaults.Gicr, Limits.RedistributorSize * (ulong)Math.Max(1, guest.Cpus.Count));
        Add(map, "the UART", platform.Uart, Defaults.Uart, Limits.Page);
        if (guest.HasWatchdog)
            Add(map, "the watchdog", platform.Watchdog, Defaults.Watchdog, 2 * Limits.WatchdogStride);
        if (guest.IsControl)
        {
            Add(map, "the control UART", platform.ControlUart, Defaults.ControlUart, Limits.Page);
            Add(map, "the mailbox", platform.Mailbox, Defaults.Mailbox(CpuArchitecture.Arm64), Limits.Page);
        }
        if (guest.MemorySize is { } size)
            Add(map, "the RAM", platform.Ram, Defaults.GuestRam, size.Value, size.Span);
        int own = map.Count;
        foreach ((BoardDeviceDocument device, SourceSpan span) in _devices)
        {
            // Devices that share a page of one guest are one mapping; only their own bytes must not overlap others'.
            foreach (Region registers in device.Registers)
                AddRange(map, $"device {device.Name.Value}", registers.Range, span);
        }
        Overlaps.Check(map, ApplianceDiagnostics.GuestMapOverlap, $" in the map of guest {_name}", diagnostics);
        CheckPlatformPages(map, own);
        CheckInterrupts();
        // One mapping is the guest's RAM.
        _devices.CheckCounts(1, diagnostics);
    }

    /// <summary>The number of interrupt ids the guest's distributor has when the manifest does not say.</summary>
    /// <param name="virtualIntId">The last one of a virtual device.</param>
    /// <param name="interrupts">Those of the devices it is given.</param>
    public static uint DefaultIntIds(uint virtualIntId, IEnumerable<BoardInterrupt> interrupts)
    {
        uint last = Math.Max(virtualIntId, interrupts.Select(i => i.IntId).DefaultIfEmpty(0u).Max());
        return Math.Max(64, (last + 32) / 32 * 32);
    }

    private void Add(List<Region> map, string what, Located<ulong>? place, ulong usual, ulong size, SourceSpan? sizeSpan = null) =>
        AddRange(map, what, new AddressRange(place?.Value ?? usual, size), place?.Span ?? sizeSpan ?? guest.Name.Span);

    private void AddRange(List<Region> map, string what, AddressRange range, SourceSpan span)
    {
        if (range.Size <= Limits.GuestAddressEnd && range.Base <= Limits.GuestAddressEnd - range.Size)
        {
            map.Add(new Region(what, range, span));
            return;
        }
        diagnostics.Add(SyntaxDiagnostics.BeyondAddresses, span, $"{what} of guest {_name} would end beyond {Units.Address(Limits.GuestAddressEnd)}");
    }

    /// <summary>A device's last page may hold a virtual device although their bytes do not overlap: that access would not trap.</summary>
    private void CheckPlatformPages(List<Region> map, int own)
    {
        foreach (Region device in map.Where(r => r.Range.Size % Limits.Page != 0 || r.Range.Base % Limits.Page != 0))
        {
            Region widened = device with { Range = Pages.Around(device.Range) };
            foreach (Region other in map.Take(own).Where(o => o != device && !o.Overlaps(device) && o.Overlaps(widened)))
                Overlaps.Report(widened, other, ApplianceDiagnostics.GuestMapOverlap, $" in the map of guest {_name}", diagnostics);
        }
    }

    private sealed record VirtualInterrupt(string Device, string Key, uint IntId, Located<ulong>? Said);

    private void CheckInterrupts()
    {
        PlatformDocument platform = guest.Platform;
        List<VirtualInterrupt> own = [new("UART", "uart_intid", (uint)(platform.UartIntId?.Value ?? Defaults.UartIntId), platform.UartIntId)];
        if (guest.HasWatchdog)
            own.Add(new("watchdog", "watchdog_intid", (uint)(platform.WatchdogIntId?.Value ?? Defaults.WatchdogIntId), platform.WatchdogIntId));
        if (guest.IsControl)
            own.Add(new("control UART", "control_uart_intid", (uint)(platform.ControlUartIntId?.Value ?? Defaults.ControlUartIntId), platform.ControlUartIntId));
        if (platform.IntIds is { } count && count.Value % 32 != 0)
            diagnostics.Add(SyntaxDiagnostics.Misaligned, count.Span, $"`intids` must be a multiple of 32, and is {count.Value}");
        foreach (VirtualInterrupt device in own)
            CheckCount(device.IntId, device.Said?.Span ?? guest.Name.Span, $"the {device.Device}'s interrupt {device.IntId}");
        for (int i = 1; i < own.Count; i++)
        {
            if (own.Take(i).FirstOrDefault(o => o.IntId == own[i].IntId) is not { } first)
                continue;
            Located<ulong>? said = own[i].Said ?? first.Said;
            diagnostics.Add(ApplianceDiagnostics.GuestInterruptConflict, said?.Span ?? guest.Name.Span,
                $"the virtual {first.Device} and the {own[i].Device} of guest {_name} both have interrupt {first.IntId}", Place(first), Place(own[i]));
        }
        foreach ((BoardDeviceDocument device, SourceSpan span) in _devices)
        {
            foreach (Located<BoardInterrupt> interrupt in device.Interrupts)
            {
                uint id = interrupt.Value.IntId;
                if (own.FirstOrDefault(o => o.IntId == id) is { } taken)
                {
                    diagnostics.Add(ApplianceDiagnostics.GuestInterruptConflict, span,
                        $"device {device.Name.Value} and the virtual {taken.Device} of guest {_name} both have interrupt {id}",
                        Place(taken), new DiagnosticNote(interrupt.Span, "the device's is here"));
                }
                else
                    CheckCount(id, span, $"interrupt {id} of device {device.Name.Value}");
            }
        }
    }

    private DiagnosticNote Place(VirtualInterrupt device) => new(device.Said?.Span ?? guest.Name.Span,
        device.Said is null ? $"the {device.Device}'s interrupt is {device.IntId} unless `{device.Key}` says another" : $"the {device.Device}'s is here");

    private void CheckCount(uint id, SourceSpan span, string what)
    {
        if (guest.Platform.IntIds is { } count && id >= count.Value)
        {
            diagnostics.Add(ApplianceDiagnostics.TooFewIntIds, span, $"{what} is beyond guest {_name}'s {count.Value} interrupt ids",
                new DiagnosticNote(count.Span, "`intids` is here"));
        }
    }
}

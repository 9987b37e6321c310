using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>The board one guest sees: addresses and interrupts of its own, none of them twice.</summary>
internal sealed class GuestMapValidator(GuestDocument guest, BoardDocument? board, DiagnosticBag diagnostics)
{
    private readonly string _name = guest.Name.Value;

    public void Check()
    {
        PlatformDocument platform = guest.Platform;
        Alignment.CheckAddress(platform.Ram, Limits.Block, "`ram`", diagnostics);
        Alignment.CheckAddress(platform.Gicd, Limits.GicFrame, "`gicd`", diagnostics);
        Alignment.CheckAddress(platform.Gicr, Limits.GicFrame, "`gicr`", diagnostics);
        Alignment.CheckAddress(platform.Uart, Limits.Page, "`uart`", diagnostics);

        List<Region> map = [];
        Add(map, "the distributor", platform.Gicd, Defaults.Gicd, Limits.GicFrame);
        Add(map, "the redistributors", platform.Gicr, Defaults.Gicr, Limits.RedistributorSize * (ulong)Math.Max(1, guest.Cpus.Count));
        Add(map, "the UART", platform.Uart, Defaults.Uart, Limits.Page);
        if (guest.MemorySize is { } size)
            Add(map, "the RAM", platform.Ram, Defaults.GuestRam, size.Value, size.Span);
        foreach ((BoardDeviceDocument device, SourceSpan span) in Devices())
        {
            // Devices that share a page of one guest are one mapping; only their own bytes must not overlap others'.
            foreach (Region registers in device.Registers)
                AddRange(map, $"device {device.Name.Value}", registers.Range, span);
        }
        Overlaps.Check(map, ApplianceDiagnostics.GuestMapOverlap, $" in the map of guest {_name}", diagnostics);
        CheckPlatformPages(map);
        CheckInterrupts();
        CheckCounts();
    }

    /// <summary>The number of interrupt ids the guest's distributor has when the manifest does not say.</summary>
    public static uint DefaultIntIds(uint uartIntId, IEnumerable<BoardInterrupt> interrupts)
    {
        uint last = Math.Max(uartIntId, interrupts.Select(i => i.IntId).DefaultIfEmpty(0u).Max());
        return Math.Max(64, (last + 32) / 32 * 32);
    }

    private IEnumerable<(BoardDeviceDocument Device, SourceSpan Span)> Devices()
    {
        foreach (Located<string> name in guest.Devices.DistinctBy(d => d.Value))
        {
            if (board?.Devices.FirstOrDefault(d => d.Name.Value == name.Value) is { Dma: false } device)
                yield return (device, name.Span);
        }
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
    private void CheckPlatformPages(List<Region> map)
    {
        foreach (Region device in map.Where(r => r.Range.Size % Limits.Page != 0 || r.Range.Base % Limits.Page != 0))
        {
            Region widened = device with { Range = Pages.Around(device.Range) };
            foreach (Region other in map.Take(4).Where(o => o != device && !o.Overlaps(device) && o.Overlaps(widened)))
                Overlaps.Report(widened, other, ApplianceDiagnostics.GuestMapOverlap, $" in the map of guest {_name}", diagnostics);
        }
    }

    private void CheckInterrupts()
    {
        uint uart = (uint)(guest.Platform.UartIntId?.Value ?? Defaults.UartIntId);
        SourceSpan uartSpan = guest.Platform.UartIntId?.Span ?? guest.Name.Span;
        ulong intIds = guest.Platform.IntIds?.Value ?? ulong.MaxValue;
        if (guest.Platform.IntIds is { } count)
        {
            if (count.Value % 32 != 0)
                diagnostics.Add(SyntaxDiagnostics.Misaligned, count.Span, $"`intids` must be a multiple of 32, and is {count.Value}");
            if (uart >= intIds)
                diagnostics.Add(ApplianceDiagnostics.TooFewIntIds, uartSpan, $"the UART's interrupt {uart} is beyond guest {_name}'s {intIds} interrupt ids",
                    new DiagnosticNote(count.Span, "`intids` is here"));
        }
        foreach ((BoardDeviceDocument device, SourceSpan span) in Devices())
        {
            foreach (Located<BoardInterrupt> interrupt in device.Interrupts)
            {
                if (interrupt.Value.IntId == uart)
                {
                    diagnostics.Add(ApplianceDiagnostics.GuestInterruptConflict, span,
                        $"device {device.Name.Value} and the virtual UART of guest {_name} both have interrupt {uart}",
                        new DiagnosticNote(uartSpan, guest.Platform.UartIntId is null ? $"the UART's interrupt is {uart} unless `uart_intid` says another" : "the UART's is here"),
                        new DiagnosticNote(interrupt.Span, "the device's is here"));
                }
                else if (interrupt.Value.IntId >= intIds)
                {
                    diagnostics.Add(ApplianceDiagnostics.TooFewIntIds, span, $"interrupt {interrupt.Value.IntId} of device {device.Name.Value} is beyond guest {_name}'s {intIds} interrupt ids",
                        new DiagnosticNote(guest.Platform.IntIds!.Span, "`intids` is here"));
                }
            }
        }
    }

    private void CheckCounts()
    {
        // One mapping is the guest's RAM.
        int mappings = 1 + Devices().Sum(d => d.Device.Registers.Count);
        int interrupts = Devices().SelectMany(d => d.Device.Interrupts).DistinctBy(i => i.Value.IntId).Count();
        if (mappings > Limits.MaxMappings)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, guest.Devices[^1].Span, $"guest {_name} would have {mappings} mapped ranges; {Limits.MaxMappings} is the most");
        if (interrupts > Limits.MaxGuestInterrupts)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, guest.Devices[^1].Span, $"guest {_name} would have {interrupts} device interrupts; {Limits.MaxGuestInterrupts} is the most");
    }
}

using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Guest memory: sizes, fixed places, and places found for the rest.</summary>
internal static class MemoryValidator
{
    /// <summary>Where each guest's memory lies; a guest that has an error is left out.</summary>
    public static IReadOnlyDictionary<GuestDocument, ulong> Check(ApplianceDocument appliance, BoardDocument? board, DiagnosticBag diagnostics)
    {
        foreach (GuestDocument guest in appliance.Guests)
        {
            Alignment.CheckSize(guest.MemorySize, Limits.Block, $"the memory of guest {guest.Name.Value}", diagnostics);
            Alignment.CheckAddress(guest.Host, Limits.Block, $"the memory of guest {guest.Name.Value}", diagnostics);
        }
        Dictionary<GuestDocument, Region> placed = [];
        if (board is null || board.Ram.Count == 0)
            return new Dictionary<GuestDocument, ulong>();
        foreach (GuestDocument guest in appliance.Guests)
        {
            if (FixedRegion(guest, diagnostics) is { } region)
                placed.Add(guest, region);
        }
        foreach ((GuestDocument guest, Region region) in placed)
            CheckPlace(region, board, diagnostics);
        Overlaps.Check([.. placed.Values], ApplianceDiagnostics.GuestsOverlap, "", diagnostics);
        new MemoryPlacer(board, diagnostics).Place([.. appliance.Guests.Where(g => g is { MemorySize: not null, Host: null })], placed);
        return placed.ToDictionary(p => p.Key, p => p.Value.Range.Base);
    }

    private static Region? FixedRegion(GuestDocument guest, DiagnosticBag diagnostics)
    {
        if (guest is not { MemorySize: { } size, Host: { } host })
            return null;
        if (size.Value <= Limits.BoardAddressEnd - host.Value)
            return new Region($"the memory of guest {guest.Name.Value}", new AddressRange(host.Value, size.Value), host.Span);
        diagnostics.Add(SyntaxDiagnostics.BeyondAddresses, host.Span, $"the memory of guest {guest.Name.Value} ends beyond the last address");
        return null;
    }

    private static void CheckPlace(Region region, BoardDocument board, DiagnosticBag diagnostics)
    {
        if (!board.Ram.Any(r => r.Contains(region.Range)))
        {
            diagnostics.Add(ApplianceDiagnostics.MemoryOutsideRam, region.Span, $"{region} is not within the board's RAM",
                [.. board.Ram.Select(r => new DiagnosticNote(r.Span, $"the board's {r}"))]);
            return;
        }
        foreach (Region reserved in board.ReservedRam.Where(region.Overlaps))
            Overlaps.Report(region, reserved, ApplianceDiagnostics.ReservedMemory, "", diagnostics);
        if (board.BootImage is { } image && region.Overlaps(image))
            Overlaps.Report(region, image, ApplianceDiagnostics.InBootImage, "", diagnostics);
    }
}

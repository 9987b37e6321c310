using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>Do all slots, two for each guest, fit into the flash or disk?</summary>
internal static class FlashValidator
{
    public static void Check(ApplianceDocument appliance, BoardDocument? board, DiagnosticBag diagnostics)
    {
        foreach (GuestDocument guest in appliance.Guests)
            Alignment.CheckSize(guest.Slot, Limits.ImageAlignment, $"the slot of guest {guest.Name.Value}", diagnostics);
        if (board?.ImageStore is not { } store)
            return;

        // A sum of at most eight sizes below 2^48 cannot wrap.
        ulong used = FlashBudget.Fixed(board.Architecture);
        foreach (GuestDocument guest in appliance.Guests)
        {
            ulong before = used;
            used += 2 * Defaults.Slot(guest);
            if (used <= store.Range.Size)
                continue;
            ulong left = store.Range.Size > before ? store.Range.Size - before : 0;
            diagnostics.Add(ApplianceDiagnostics.FlashTooSmall, guest.Slot?.Span ?? guest.Name.Span,
                $"guest {guest.Name.Value} needs two slots of {Units.Size(Defaults.Slot(guest))}, and {Units.Size(left)} of {store.What} are left",
                new DiagnosticNote(store.Span, $"{store.What} has {Units.Size(store.Range.Size)}, the builder's own areas take {Units.Size(FlashBudget.Fixed(board.Architecture))}"));
            return;
        }
    }
}

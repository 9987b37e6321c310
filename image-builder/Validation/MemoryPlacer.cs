using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>
/// Finds places for guest memory: first fit, 2 MiB aligned, in the manifest's order, so that the same manifest gives the
/// same map. Wishes come first and are dropped one by one when not all guests fit: 1 GiB blocks for large guests (host
/// and guest address equal below 1 GiB), and keeping clear of where an image started from RAM lies.
/// </summary>
internal sealed class MemoryPlacer(BoardDocument board, DiagnosticBag diagnostics)
{
    private readonly record struct Wishes(bool LargeBlocks, bool ClearOfBootImage, bool LargestFirst);

    private static readonly Wishes[] Attempts =
    [
        new(LargeBlocks: true, ClearOfBootImage: true, LargestFirst: false),
        new(LargeBlocks: false, ClearOfBootImage: true, LargestFirst: false),
        new(LargeBlocks: true, ClearOfBootImage: false, LargestFirst: false),
        new(LargeBlocks: false, ClearOfBootImage: false, LargestFirst: false),
        new(LargeBlocks: false, ClearOfBootImage: false, LargestFirst: true),
    ];

    /// <summary>Adds the guests' places to those that are fixed, or reports those that do not fit.</summary>
    public void Place(IReadOnlyList<GuestDocument> guests, Dictionary<GuestDocument, Region> placed)
    {
        foreach (Wishes wishes in Attempts)
        {
            Dictionary<GuestDocument, Region> attempt = new(placed);
            if (InOrder(guests, wishes).All(g => TryPlace(g, wishes, attempt)))
            {
                foreach (GuestDocument guest in guests)
                    placed[guest] = attempt[guest];
                return;
            }
        }
        ReportThoseThatDoNotFit(guests, placed);
    }

    private static IEnumerable<GuestDocument> InOrder(IReadOnlyList<GuestDocument> guests, Wishes wishes) =>
        wishes.LargestFirst ? guests.OrderByDescending(g => g.MemorySize!.Value) : guests;

    private bool TryPlace(GuestDocument guest, Wishes wishes, Dictionary<GuestDocument, Region> placed)
    {
        ulong size = guest.MemorySize!.Value;
        ulong guestBase = Defaults.GuestRamBase(board.Architecture, guest.Platform);
        bool large = wishes.LargeBlocks && size >= Units.GiB;
        ulong alignment = large ? Units.GiB : Limits.Block;
        ulong offset = large ? guestBase % Units.GiB : 0;

        List<AddressRange> taken = [.. placed.Values.Concat(board.ReservedRam).Select(r => r.Range)];
        if (wishes.ClearOfBootImage && board.BootImage is { } image)
            taken.Add(image.Range);
        foreach (Region ram in board.Ram.OrderBy(r => r.Range.Base))
        {
            if (FirstFit(ram.Range, size, alignment, offset, taken) is not { } place)
                continue;
            placed.Add(guest, new Region($"the memory of guest {guest.Name.Value}", new AddressRange(place, size), guest.MemorySize.Span));
            return true;
        }
        return false;
    }

    /// <summary>The lowest address congruent to the offset where nothing is taken.</summary>
    private static ulong? FirstFit(AddressRange ram, ulong size, ulong alignment, ulong offset, List<AddressRange> taken)
    {
        ulong place = NextCongruent(ram.Base, alignment, offset);
        while (place < ram.End && size <= ram.End - place)
        {
            AddressRange wanted = new(place, size);
            AddressRange inTheWay = taken.FirstOrDefault(t => t.Base < wanted.End && wanted.Base < t.End);
            if (inTheWay.Size == 0)
                return place;
            place = NextCongruent(inTheWay.End, alignment, offset);
        }
        return null;
    }

    private static ulong NextCongruent(ulong from, ulong alignment, ulong offset)
    {
        ulong place = from / alignment * alignment + offset;
        return place >= from ? place : place + alignment;
    }

    private void ReportThoseThatDoNotFit(IReadOnlyList<GuestDocument> guests, Dictionary<GuestDocument, Region> placed)
    {
        foreach (GuestDocument guest in guests)
        {
            if (TryPlace(guest, default, placed))
                continue;
            ulong longest = LongestFree(placed);
            string left = longest == 0 ? "none is left" : $"the longest free stretch has {Units.Size(longest)}";
            diagnostics.Add(ApplianceDiagnostics.NoRoom, guest.MemorySize!.Span,
                $"guest {guest.Name.Value} wants {Units.Size(guest.MemorySize.Value)} of RAM, and {left}",
                [.. board.Ram.Select(r => new DiagnosticNote(r.Span, $"the board's {r}, {Units.Size(r.Range.Size)}"))]);
        }
    }

    private ulong LongestFree(Dictionary<GuestDocument, Region> placed)
    {
        List<AddressRange> taken = [.. placed.Values.Concat(board.ReservedRam).Select(r => r.Range).OrderBy(r => r.Base)];
        ulong longest = 0;
        foreach (Region ram in board.Ram)
        {
            ulong from = ram.Range.Base;
            foreach (AddressRange range in taken.Where(ram.Overlaps).Append(new AddressRange(ram.Range.End, 0)))
            {
                ulong start = NextCongruent(from, Limits.Block, 0);
                if (range.Base > start)
                    longest = Math.Max(longest, (range.Base - start) / Limits.Block * Limits.Block);
                from = Math.Max(from, range.End);
            }
        }
        return longest;
    }
}

using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Validation;

internal static class Pages
{
    /// <summary>The range widened to whole pages: what is mapped when its bytes are.</summary>
    public static AddressRange Around(AddressRange range)
    {
        ulong start = range.Base / Limits.Page * Limits.Page;
        return new AddressRange(start, Units.AlignUp(range.End, Limits.Page) - start);
    }

    /// <summary>The pages around all of the ranges, each page once; ranges that only touch stay apart.</summary>
    public static IReadOnlyList<AddressRange> Around(IEnumerable<AddressRange> ranges)
    {
        List<AddressRange> all = [];
        foreach (AddressRange next in ranges.Select(Around).OrderBy(range => range.Base))
        {
            if (all.Count != 0 && next.Base < all[^1].End)
                all[^1] = all[^1] with { Size = Math.Max(all[^1].End, next.End) - all[^1].Base };
            else
                all.Add(next);
        }
        return all;
    }
}

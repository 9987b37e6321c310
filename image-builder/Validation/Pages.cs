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
}

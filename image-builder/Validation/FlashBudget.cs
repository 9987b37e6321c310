using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What of the flash or disk is the builder's own (ImageLayout); the rest is the guests' slots.</summary>
internal static class FlashBudget
{
    // Primary and backup GPT, an erase block each.
    private const ulong Tables = 2 * Limits.ImageAlignment;

    public static ulong Fixed(CpuArchitecture architecture) => ImageLayout.Areas(architecture).Aggregate(Tables, (sum, area) => sum + area.Size);
}

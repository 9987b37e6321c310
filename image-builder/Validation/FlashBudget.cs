using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>What of the flash is the builder's own (Layout/ImageLayout.cs); the rest is the guests' slots.</summary>
internal static class FlashBudget
{
    /// <summary>The reset code and primary GPT, first stage, hypervisor a and b, table a and b, state 0 and 1, black box, backup GPT.</summary>
    public const ulong Fixed = (256 + 256 + 2 * 1024 + 2 * 256 + 2 * 256 + 512 + 256) * Units.KiB;
}

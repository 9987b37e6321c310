using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Where an arm64 guest sees its virtual devices.</summary>
public sealed record Arm64PlatformReport(ulong Gicd, ulong Gicr, ulong Uart, uint UartIntid, uint Intids)
{
    internal static Arm64PlatformReport Of(in Arm64Platform platform) =>
        new(platform.Gicd.Value, platform.Gicr.Value, platform.Uart.Value, platform.UartIntId, platform.IntIdCount);
}

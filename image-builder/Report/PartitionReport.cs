using Bulkhead.ImageBuilder.Formats;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One partition of the flash.</summary>
/// <param name="Used">Bytes up to the last one that is not zero; null in a plan.</param>
public sealed record PartitionReport(string Name, ulong Offset, ulong Size, ulong? Used)
{
    internal static PartitionReport Of(GptPartition partition, in ImageBytes image) => new(
        partition.Name, partition.Offset, partition.Size, (ulong)(image.Of(partition).LastIndexOfAnyExcept((byte)0) + 1));
}

using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A guest's slot in the flash.</summary>
/// <param name="State">`planned`, `empty`, `package` or `refused`.</param>
public sealed record SlotReport(string Partition, ulong Offset, ulong Size, string State, PackageReport? Package)
{
    internal static SlotReport Planned(string partition, in ImageRange range) => new(partition, range.Offset, range.Size, "planned", null);

    internal static SlotReport Read(
        in ImageBytes image, string partition, in ImageRange range, in GuestEntry guest, in BoardFacts board, ImageProblems problems, out byte[] bootInfo)
    {
        bootInfo = [];
        ReadOnlySpan<byte> slot = image.Of(range.Offset, range.Size);
        // The b slots wait for the first update.
        if (partition.EndsWith("-b", StringComparison.Ordinal) && !slot.ContainsAnyExcept((byte)0))
            return new SlotReport(partition, range.Offset, range.Size, "empty", null);
        PackageReport? package = PackageReport.Read(in image, in range, in guest, in board, partition, problems, out bootInfo);
        return new SlotReport(partition, range.Offset, range.Size, package is null ? "refused" : "package", package);
    }
}

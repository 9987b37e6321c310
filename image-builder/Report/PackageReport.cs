using System.Text;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A package that the hypervisor's reader accepts for its guest.</summary>
public sealed record PackageReport(string EntryKind, ulong Entry, ulong BootInfo, IReadOnlyList<SegmentReport> Segments)
{
    /// <summary>Null when the slot holds none; then <paramref name="problems"/> has the hypervisor's words for it.</summary>
    internal static PackageReport? Read(
        in ImageBytes image, in ImageRange slot, in GuestEntry guest, in BoardFacts board, string partition, ImageProblems problems, out byte[] bootInfo)
    {
        bootInfo = [];
        PackageHeader header = default;
        PackageError error = PackageReader.Read(in image, slot, in guest, in board, 0, ref header);
        if (error != PackageError.None)
        {
            problems.Add(ImageDiagnostics.RefusedPackage, partition, Encoding.ASCII.GetString(PackageErrorText.Of(error)));
            return null;
        }
        List<SegmentReport> segments = [];
        for (int i = 0; i < (int)header.SegmentCount; i++)
        {
            segments.Add(SegmentReport.Read(image.Of(slot.Offset, slot.Size), in header.Segment[i], partition, problems, out byte[] content));
            if (header.Segment[i].Kind == SegmentKind.BootInfo)
                bootInfo = content;
        }
        return new PackageReport(Words.Of(header.EntryKind), header.Entry.Value, header.BootInfo.Value, segments);
    }
}

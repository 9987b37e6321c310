using System.Text;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One segment of a package: where it is loaded, how it is stored, and whether its bytes are those its header says.</summary>
public sealed record SegmentReport(string Kind, ulong Load, ulong Loaded, ulong Stored, string Compression, string Sha256, bool Intact)
{
    private const ulong MaxRatio = 258 * 8 / 2;

    /// <summary>Unpacks and hashes the segment as the hypervisor will, of a header that its reader has accepted.</summary>
    internal static SegmentReport Read(ReadOnlySpan<byte> slot, in PackageSegment segment, string partition, ImageProblems problems, out byte[] content)
    {
        string kind = Words.Of(segment.Kind);
        content = [];
        string? fault = segment.StoredOffset > (ulong)slot.Length || segment.StoredSize > (ulong)slot.Length - segment.StoredOffset
            ? "is cut off by the file's end"
            : Unpack(slot.Slice((int)segment.StoredOffset, (int)segment.StoredSize), in segment, out content);
        if (fault is null && !System.Security.Cryptography.SHA256.HashData(content).AsSpan().SequenceEqual(segment.Digest))
            fault = "does not match its SHA-256";
        if (fault is not null)
            problems.Add(ImageDiagnostics.DamagedSegment, partition, $"segment {kind} {fault}");
        return new SegmentReport(
            kind, segment.Load.Value, segment.LoadedSize, segment.StoredSize, Words.Of(segment.Compression),
            Convert.ToHexStringLower(segment.Digest), fault is null);
    }

    private static string? Unpack(ReadOnlySpan<byte> stored, in PackageSegment segment, out byte[] content)
    {
        if (segment.Compression == Partitions.Compression.None)
        {
            content = stored.ToArray();
            return null;
        }
        content = [];
        // No deflate stream says more with a bit (RFC 1951, 3.2.5: 258 bytes take two); memory is not for whoever claims it.
        if (segment.LoadedSize / MaxRatio > segment.StoredSize)
            return "claims more bytes than its stored ones can make";
        content = new byte[segment.LoadedSize];
        InflateTables tables = default;
        NoPause none = default;
        InflateStatus status = Gzip.Inflate(stored, content, ref tables, ref none);
        return status == InflateStatus.Ok ? null : $"does not inflate: {Encoding.ASCII.GetString(InflateStatusText.Of(status))}";
    }
}

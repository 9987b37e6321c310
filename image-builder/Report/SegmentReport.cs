using System.IO.Compression;
using System.Security.Cryptography;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One segment of a package.</summary>
public sealed record SegmentReport(string Kind, ulong Load, ulong Stored, ulong Loaded, string Compression, string Sha256)
{
    internal static SegmentReport Read(ReadOnlySpan<byte> slot, PackageSegment segment, string guest, List<string> problems)
    {
        string digest = Convert.ToHexStringLower(segment.Digest);
        if (segment.StoredOffset > (ulong)slot.Length || segment.StoredSize > (ulong)slot.Length - segment.StoredOffset)
            problems.Add($"{guest}: segment {segment.Kind} lies outside its slot");
        else if (Digest(slot.Slice((int)segment.StoredOffset, (int)segment.StoredSize), segment) != digest)
            problems.Add($"{guest}: segment {segment.Kind} has another digest than its header says");
        return new SegmentReport(segment.Kind.ToString(), segment.Load.Value, segment.StoredSize, segment.LoadedSize, segment.Compression.ToString(), digest);
    }

    public string ToText() => $"{Kind,-10} at 0x{Load:x8}  {Loaded >> 10} KiB ({Compression}, stored {Stored >> 10} KiB)  sha256 {Sha256}";

    private static string Digest(ReadOnlySpan<byte> stored, PackageSegment segment)
    {
        if (segment.Compression == Partitions.Compression.None)
            return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stored));
        try
        {
            using GZipStream gzip = new(new MemoryStream(stored.ToArray()), CompressionMode.Decompress);
            return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(gzip));
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }
}

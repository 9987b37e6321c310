using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>An image in memory, for the hypervisor's readers too; it may be shorter than it says.</summary>
internal readonly struct ImageBytes(ReadOnlyMemory<byte> bytes) : IImageSource
{
    public ReadOnlySpan<byte> All => bytes.Span;

    public bool IsMapped => true;

    /// <summary>As much of the partition as is there.</summary>
    public ReadOnlySpan<byte> Of(GptPartition partition) => Of(partition.Offset, partition.Size);

    /// <summary>As much of the range as is there.</summary>
    public ReadOnlySpan<byte> Of(ulong offset, ulong size)
    {
        if (offset >= (ulong)bytes.Length)
            return default;
        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        return size < (ulong)rest.Length ? rest[..(int)size] : rest;
    }

    public bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> read)
    {
        read = Of(range.Offset, range.Size);
        return (ulong)read.Length == range.Size;
    }
}

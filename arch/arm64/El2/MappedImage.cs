using System;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>The flash image, wherever it lies: in flash, or as an initrd in RAM. Mapped read only.</summary>
internal static unsafe class MappedImage
{
    /// <summary>The first stage's partition, from the image's first byte (image-builder's layout).</summary>
    private const ulong FirstStageOffset = 256 << 10;

    /// <summary>Flash may begin at physical 0, and virtual 0 stays unmapped: the image is seen 128 GiB up.</summary>
    public const ulong VirtualOffset = 0x20_0000_0000;

    private static ulong _base;
    private static ulong _size;

    public static HostPhys Base => new(_base);
    public static ulong Size => _size;

    public static void Use(HostPhys start, ulong size)
    {
        _base = start.Value;
        _size = size;
    }

    public static ref readonly FirstStageConfig Config => ref *(FirstStageConfig*)(VirtualOffset + _base + FirstStageOffset + FirstStageConfig.Offset);

    /// <summary>False when the range is not inside the image.</summary>
    public static bool TryRead(ImageRange range, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (range.Offset > _size || range.Size > _size - range.Offset || range.Size > int.MaxValue)
            return false;
        bytes = new ReadOnlySpan<byte>((void*)(VirtualOffset + _base + range.Offset), (int)range.Size);
        return true;
    }
}

using System.Buffers.Binary;

namespace Bulkhead.ImageBuilder.Validation;

/// <summary>
/// The head of an arm64 Image (Linux, Documentation/arch/arm64/booting.rst, section 4): what the builder must know of a
/// kernel before it runs, and what the file is when it is none.
/// </summary>
public readonly record struct KernelImage(ulong TextOffset, ulong ImageSize)
{
    public const int HeaderSize = 64;

    /// <summary>Enough to recognise what is not an Image; x86's magic stands at 0x202.</summary>
    public const int ProbeSize = 1024;

    private const uint Arm64Magic = 0x644d5241;
    private const int MagicOffset = 56;

    /// <summary>Bytes from the start of 2 MiB aligned RAM that the kernel uses before it knows how much there is.</summary>
    public ulong MemoryNeeded => TextOffset + ImageSize;

    /// <summary>Null when the bytes begin an arm64 Image; otherwise what is wrong, in words that follow "the file".</summary>
    public static string? Refusal(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return "is empty";
        if (OtherFormat(head) is { } other)
            return other;
        if (head.Length < HeaderSize)
            return $"has only {head.Length} bytes";
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[MagicOffset..]) != Arm64Magic)
            return "has not the magic number ARM\\x64 at byte 56";
        // Flags, bit 0: 1 when the kernel is big-endian.
        if ((head[24] & 1) != 0)
            return "is a big-endian kernel, and guests start little-endian";
        // image_size 0 means a kernel before 3.17, whose text_offset cannot be trusted either.
        return Read(head).ImageSize == 0 ? "does not say its size in memory (image_size is 0)" : null;
    }

    /// <summary>The header's fields, once <see cref="Refusal"/> has nothing to say.</summary>
    public static KernelImage Read(ReadOnlySpan<byte> head) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(head[8..]), BinaryPrimitives.ReadUInt64LittleEndian(head[16..]));

    private static string? OtherFormat(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 2 && head[0] == 0x1f && head[1] == 0x8b)
            return "is compressed with gzip";
        if (head.StartsWith("\u007fELF"u8))
            return "is an ELF file";
        if (head.StartsWith("MZ"u8) && head.Length > 8 && head[4..].StartsWith("zimg"u8))
            return "is an EFI zboot image, a compressed kernel in an EFI program";
        if (head.Length >= 0x206 && head[0x202..].StartsWith("HdrS"u8))
            return "is an x86 kernel (bzImage)";
        if (head.Length >= 0x28 && BinaryPrimitives.ReadUInt32LittleEndian(head[0x24..]) == 0x016f2818)
            return "is a 32-bit Arm kernel (zImage)";
        if (head.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(head) == 0x27051956)
            return "is a U-Boot image (uImage)";
        if (head.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(head) == 0xd00dfeed)
            return "is a device tree or a FIT image";
        return head.StartsWith("!<arch>"u8) ? "is a Debian package" : null;
    }
}

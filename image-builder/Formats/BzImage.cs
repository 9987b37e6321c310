using System.Buffers.Binary;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>
/// Linux' own format on x86 (Documentation/arch/x86/boot.rst): a real-mode part with the setup header, then what runs in
/// protected mode: a small program that unpacks the kernel proper, an ELF file.
/// </summary>
public static class BzImage
{
    /// <summary>The setup header starts here in the file and in boot_params alike.</summary>
    public const int HeaderOffset = 0x1f1;

    private const int Sector = 512;
    private const ulong Entry64 = 0x200;
    // 2.12 brought xloadflags.
    private const ushort FirstWithLoadFlags = 0x20c;
    private const ushort Has64BitEntry = 1;

    public static bool Is(ReadOnlySpan<byte> file) => file.Length >= 0x268 && file[0x202..].StartsWith("HdrS"u8);

    /// <summary>For a kernel proper on its own, which asks no more of it: boot flag, signature, protocol 2.15, loaded high.</summary>
    public static byte[] HeaderOfUnpacked => [.. new byte[0x1fe - HeaderOffset], 0x55, 0xaa, 0, 0, .. "HdrS"u8, 0x0f, 0x02, .. new byte[0x211 - 0x208], 1];

    internal static string? Refusal(ReadOnlySpan<byte> file)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(file[0x206..]) < FirstWithLoadFlags || (BinaryPrimitives.ReadUInt16LittleEndian(file[0x236..]) & Has64BitEntry) == 0)
            return "is a bzImage without a 64-bit entry";
        if (0x202 + file[0x201] > file.Length || ProtectedMode(file) >= file.Length)
            return "is a bzImage that ends early";
        ulong load = BinaryPrimitives.ReadUInt64LittleEndian(file[0x258..]);
        return load is < 1ul << 20 or > 1ul << 30 ? $"is a bzImage that wants to be at 0x{load:x}" : null;
    }

    /// <summary>The whole of it, entered by its 64-bit entry; it unpacks itself when it runs.</summary>
    internal static X86Kernel Read(ReadOnlySpan<byte> file)
    {
        ulong load = BinaryPrimitives.ReadUInt64LittleEndian(file[0x258..]);
        byte[] content = file[ProtectedMode(file)..].ToArray();
        ulong memory = Math.Max(BinaryPrimitives.ReadUInt32LittleEndian(file[0x260..]), (ulong)content.Length);
        // The header's length stands in the jump over it.
        byte[] header = file[HeaderOffset..(0x202 + file[0x201])].ToArray();
        return new X86Kernel(EntryKind.Linux64, load + Entry64, [new X86KernelSegment(load, content)], new AddressRange(load, memory)) { SetupHeader = header };
    }

    /// <summary>The kernel proper, unpacked here instead of in the guest, where it would take most of the boot.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> file)
    {
        int start = ProtectedMode(file) + (int)BinaryPrimitives.ReadUInt32LittleEndian(file[0x248..]);
        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(file[0x24c..]);
        if (start < 0 || length < 8 || start > file.Length - length)
            throw new BuildException("a bzImage whose payload lies outside it");
        ReadOnlySpan<byte> payload = file.Slice(start, length);
        if (payload.StartsWith("\u007fELF"u8))
            return payload.ToArray();
        // All but gzip have the unpacked size, 32 bits, behind the compressed bytes.
        return payload switch
        {
            [0x1f, 0x8b, ..] => Tool.Filter("gzip", ["-dc"], payload),
            [0xfd, (byte)'7', (byte)'z', ..] => Tool.Filter("xz", ["-dc"], payload[..^4]),
            [0x02, 0x21, 0x4c, 0x18, ..] => Tool.Filter("lz4", ["-dc"], payload[..^4]),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Tool.Filter("zstd", ["-dc"], payload[..^4]),
            _ => throw new BuildException($"a bzImage compressed in a way this does not know (it begins {Convert.ToHexStringLower(payload[..4])})"),
        };
    }

    private static int ProtectedMode(ReadOnlySpan<byte> file) => ((file[HeaderOffset] == 0 ? 4 : file[HeaderOffset]) + 1) * Sector;
}

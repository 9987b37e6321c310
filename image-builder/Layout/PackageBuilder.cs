using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// A guest's package: header block, then the segments. Places kernel, device tree and initrd in the guest's memory as
/// the arm64 boot protocol asks: the kernel 2 MiB aligned plus text_offset, the tree within a 2 MiB block of its own.
/// </summary>
public static class PackageBuilder
{
    private const ulong Block = 2ul << 20;
    private const int Page = 4096;

    public static byte[] Build(Guest guest, string board, byte[] kernel, byte[]? initrd)
    {
        KernelImage image = KernelImage.Read(kernel);
        ulong entry = guest.Memory.GuestBase + image.TextOffset;
        ulong afterKernel = Up(entry + Math.Max(image.ImageSize, (ulong)kernel.Length), Block);
        AddressRange? initrdRange = initrd is null ? null : new AddressRange(afterKernel + Block, (ulong)initrd.Length);
        GuestDeviceTree tree = GuestDeviceTree.Make(guest, board, initrdRange);
        ulong end = initrdRange?.End ?? afterKernel + (ulong)tree.Bytes.Length;
        if (end > guest.Memory.GuestBase + guest.Memory.Size)
            throw new BuildException($"guest '{guest.Name}': kernel, device tree and initrd need {(end - guest.Memory.GuestBase) >> 20} MiB, its memory is {guest.Memory.Size >> 20} MiB");

        List<(SegmentKind Kind, ulong Load, byte[] Content)> segments =
            [(SegmentKind.Kernel, entry, kernel), (SegmentKind.BootInfo, afterKernel, tree.Bytes)];
        if (initrd is not null)
            segments.Add((SegmentKind.Initrd, initrdRange!.Value.Base, initrd));

        PackageHeader header = default;
        header.Magic = PackageHeader.ExpectedMagic;
        header.Version = PackageHeader.CurrentVersion;
        header.HeaderSize = (uint)Unsafe.SizeOf<PackageHeader>();
        header.GuestName = Names.Fixed(guest.Name);
        header.BoardName = Names.Fixed(board);
        header.SegmentCount = (uint)segments.Count;
        header.EntryKind = EntryKind.Arm64Image;
        header.Entry = new GuestPhys(entry);
        header.BootInfo = new GuestPhys(afterKernel);
        header.RngSeed = new GuestPhys(afterKernel + (ulong)tree.RngSeedOffset);
        header.RngSeedSize = GuestDeviceTree.RngSeedSize;
        header.KaslrSeed = new GuestPhys(afterKernel + (ulong)tree.KaslrSeedOffset);
        header.KaslrSeedSize = GuestDeviceTree.KaslrSeedSize;

        MemoryStream package = new();
        package.SetLength(PackageHeader.StoredSize);
        package.Position = PackageHeader.StoredSize;
        for (int i = 0; i < segments.Count; i++)
        {
            (SegmentKind kind, ulong load, byte[] content) = segments[i];
            bool compress = guest.Payload.Compress && kind != SegmentKind.BootInfo;
            byte[] stored = compress ? Gzip(content) : content;
            header.Segment[i] = new PackageSegment
            {
                Load = new GuestPhys(load),
                StoredOffset = (ulong)package.Position,
                StoredSize = (ulong)stored.Length,
                LoadedSize = (ulong)content.Length,
                Kind = kind,
                Compression = compress ? Compression.Gzip : Compression.None,
                Digest = Names.Digest(SHA256.HashData(content)),
            };
            header.LoadedBytes += (ulong)content.Length;
            package.Write(stored);
            while (package.Position % Page != 0)
                package.WriteByte(0);
        }
        header.StoredBytes = (ulong)package.Position - PackageHeader.StoredSize;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1));
        header.HeaderDigest = Names.Digest(SHA256.HashData(bytes[(16 + 32)..]));
        byte[] result = package.ToArray();
        bytes.CopyTo(result);
        if ((ulong)result.Length > guest.SlotSize)
            throw new BuildException($"guest '{guest.Name}': its package has {result.Length >> 10} KiB, its slot {guest.SlotSize >> 10} KiB; give it a larger 'slot'");
        return result;
    }

    private static byte[] Gzip(byte[] content)
    {
        MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.SmallestSize, true))
            gzip.Write(content);
        return target.ToArray();
    }

    private static ulong Up(ulong value, ulong alignment) => (value + alignment - 1) / alignment * alignment;
}

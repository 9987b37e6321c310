using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>A guest's package: header block, then the segments, as the architecture's boot protocol places them.</summary>
public static class PackageBuilder
{
    private const int Page = 4096;

    public static byte[] Build(Guest guest, string board, byte[] kernel, byte[]? initrd, Signer? signer = null) =>
        Build(guest, board, signer ?? new Signer(), guest.Platform is PcPlatform ? X86Package.Make(guest, kernel, initrd) : Arm64Package.Make(guest, board, kernel, initrd));

    private static byte[] Build(Guest guest, string board, Signer signer, PackageContent content)
    {
        PackageHeader header = default;
        header.Magic = PackageHeader.ExpectedMagic;
        header.Version = PackageHeader.CurrentVersion;
        header.HeaderSize = (uint)Unsafe.SizeOf<PackageHeader>();
        header.GuestName = Names.Fixed(guest.Name);
        header.BoardName = Names.Fixed(board);
        header.EntryKind = content.EntryKind;
        header.Entry = content.Entry;
        header.BootInfo = content.BootInfo;
        header.RngSeed = content.RngSeed;
        header.RngSeedSize = content.RngSeedSize;
        header.KaslrSeed = content.KaslrSeed;
        header.KaslrSeedSize = content.KaslrSeedSize;
        header.PageTables = content.PageTables;
        header.Gdt = content.Gdt;
        header.GuestVersion = Names.Fixed(guest.Identity.Version);
        header.Rollback = guest.Identity.Rollback;
        header.ChannelAbiFirst = guest.Identity.ChannelAbiFirst;
        header.ChannelAbiLast = guest.Identity.ChannelAbiLast;
        if (content.Segments.Count > PackageHeader.MaxSegments)
            throw new BuildException($"guest '{guest.Name}': its kernel has too many segments; {PackageHeader.MaxSegments} is the most, with initrd and boot information");
        header.SegmentCount = (uint)content.Segments.Count;

        MemoryStream package = new();
        package.SetLength(PackageHeader.StoredSize);
        package.Position = PackageHeader.StoredSize;
        for (int i = 0; i < content.Segments.Count; i++)
        {
            PackagePart part = content.Segments[i];
            bool compress = guest.Payload.Compress && part.Kind != SegmentKind.BootInfo;
            byte[] stored = compress ? Gzip(part.Content) : part.Content;
            header.Segment[i] = new PackageSegment
            {
                Load = part.Load,
                StoredOffset = (ulong)package.Position,
                StoredSize = (ulong)stored.Length,
                LoadedSize = (ulong)part.Content.Length,
                Kind = part.Kind,
                Compression = compress ? Compression.Gzip : Compression.None,
                Digest = Names.Digest(SHA256.HashData(part.Content)),
            };
            header.LoadedBytes += (ulong)part.Content.Length;
            package.Write(stored);
            while (package.Position % Page != 0)
                package.WriteByte(0);
        }
        header.StoredBytes = (ulong)package.Position - PackageHeader.StoredSize;
        byte[] result = package.ToArray();
        header.StoredDigest = Names.Digest(SHA256.HashData(result.AsSpan(PackageHeader.StoredSize)));
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1));
        header.HeaderDigest = Names.Digest(SHA256.HashData(bytes[SignedHeader.SignedFrom..]));
        bytes.CopyTo(result);
        signer.Sign(guest.Name, guest.Key, bytes[SignedHeader.SignedFrom..]).CopyTo(result.AsSpan(PackageHeader.SignatureOffset));
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
}

using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Report;
using Bulkhead.ImageBuilder.Tests.Report;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Formats;

/// <summary>What the builder packs, taken apart by the hypervisor's own reader and inflater, and by gzip.</summary>
public class PackageTests
{
    private const ulong Block = 2 << 20;

    private static readonly ApplianceTable Table = TableBuilder.Make(SampleImage.Appliance, SampleImage.Layout);

    public static TheoryData<int, int, int> Sizes => new()
    {
        { 0, 1000, 0 }, { 1, 1000, 0 }, { 0, 300_000, 4096 }, { 1, 300_000, 1 }, { 1, 65_536, 200_000 }, { 1, 2_500_000, 3_000_000 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void HypervisorGetsTheBytesThatWerePacked(int index, int kernelSize, int initrdSize)
    {
        Guest guest = SampleImage.Appliance.Guests[index] with { SlotSize = 8 << 20 };
        GuestEntry entry = Table.Guest[index];
        byte[] kernel = Kernel(kernelSize), initrd = Half(initrdSize);
        byte[] package = PackageBuilder.Build(guest, SampleImage.Appliance.Board.Name, kernel, initrdSize == 0 ? null : initrd);

        ImageBytes slot = new(package);
        PackageHeader header = default;
        ImageRange range = new() { Size = (ulong)package.Length };
        Assert.Equal(PackageError.None, PackageReader.Read(in slot, range, in entry, in Table.Board, 0, ref header));
        Assert.Equal(initrdSize == 0 ? 2u : 3u, header.SegmentCount);
        for (int i = 0; i < (int)header.SegmentCount; i++)
        {
            PackageSegment segment = header.Segment[i];
            byte[] loaded = Unpack(package.AsSpan((int)segment.StoredOffset, (int)segment.StoredSize), in segment);
            switch (segment.Kind)
            {
                // Linux, Documentation/arch/arm64/booting.rst: text_offset bytes from a 2 MiB boundary.
                case SegmentKind.Kernel:
                    Assert.Equal(kernel, loaded);
                    Assert.Equal(header.Entry.Value, segment.Load.Value);
                    Assert.Equal(0ul, segment.Load.Value % Block);
                    break;
                // The same, section 2: 8 bytes aligned, at most 2 MiB, and free of what the kernel clears: image_size after its start.
                case SegmentKind.BootInfo:
                    Assert.Equal(GuestDeviceTree.Make(guest, SampleImage.Appliance.Board.Name, InitrdRange(in header)).Bytes, loaded);
                    Assert.Equal(header.BootInfo.Value, segment.Load.Value);
                    Assert.Equal(0ul, segment.Load.Value % 8);
                    Assert.True(segment.Load.Value / Block == (segment.Load.Value + segment.LoadedSize - 1) / Block);
                    Assert.True(segment.Load.Value >= header.Entry.Value + (ulong)kernelSize + 0x1000);
                    break;
                default:
                    Assert.Equal(initrd, loaded);
                    break;
            }
        }
    }

    [Fact]
    public void PackagesAreForOneGuestOfOneBoard()
    {
        byte[] package = PackageBuilder.Build(SampleImage.Appliance.Guests[0], SampleImage.Appliance.Board.Name, Kernel(1000), null);
        ImageBytes slot = new(package);
        PackageHeader header = default;
        ImageRange range = new() { Size = (ulong)package.Length };
        GuestEntry other = Table.Guest[1];
        Assert.Equal(PackageError.WrongGuest, PackageReader.Read(in slot, range, in other, in Table.Board, 0, ref header));
        GuestEntry own = Table.Guest[0];
        BoardFacts board = Table.Board;
        board.Name = Names.Fixed("other");
        Assert.Equal(PackageError.WrongBoard, PackageReader.Read(in slot, range, in own, in board, 0, ref header));
    }

    private static AddressRange? InitrdRange(in PackageHeader header) => header.SegmentCount < 3
        ? null : new AddressRange(header.Segment[2].Load.Value, header.Segment[2].LoadedSize);

    private static byte[] Unpack(ReadOnlySpan<byte> stored, in PackageSegment segment)
    {
        if (segment.Compression == Compression.None)
            return stored.ToArray();
        byte[] loaded = new byte[segment.LoadedSize];
        InflateTables tables = default;
        NoPause none = default;
        Assert.Equal(InflateStatus.Ok, Gzip.Inflate(stored, loaded, ref tables, ref none));
        Stock.Filter("gzip", stored, "-t");
        Assert.Equal(loaded, Stock.Filter("gzip", stored, "-dc"));
        // RFC 1952, 2.3.1: no name, no time.
        Assert.Equal([0x1f, 0x8b, 8, 0, 0, 0, 0, 0], stored[..8].ToArray());
        return loaded;
    }

    /// <summary>An Image of this many bytes that takes 4 KiB more when it runs.</summary>
    private static byte[] Kernel(int size)
    {
        byte[] kernel = Half(size);
        kernel.AsSpan(0, 64).Clear();
        BitConverter.TryWriteBytes(kernel.AsSpan(16), (ulong)size + 0x1000);
        "ARM\x64"u8.CopyTo(kernel.AsSpan(56));
        return kernel;
    }

    /// <summary>Bytes that compress to about a half.</summary>
    private static byte[] Half(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        for (int i = 0; i < size; i++)
            bytes[i] &= 15;
        return bytes;
    }
}

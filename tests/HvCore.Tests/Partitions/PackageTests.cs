using System;
using System.Linq;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

public class PackageTests
{
    private const ulong Ram = 0x4000_0000;
    private const int RamSize = 8 << 20;

    /// <summary>The guest's RAM as an array, counting its own calls as time.</summary>
    private struct ArrayMemory(byte[] ram) : IGuestMemory
    {
        private ulong _now;

        public int Pauses { get; private set; }
        public int LongestZero { get; private set; }

        public readonly Span<byte> Open(GuestPhys address, int bytes) => ram.AsSpan((int)(address.Value - Ram), bytes);

        public void Zero(Span<byte> bytes)
        {
            LongestZero = Math.Max(LongestZero, bytes.Length);
            bytes.Clear();
        }

        public void Pause() => Pauses++;

        public ulong Now() => ++_now;
    }

    private static Samples.Segment[] Segments(bool gzip, int scale = 1) =>
    [
        new(SegmentKind.Kernel, Ram, Bytes(5000 * scale, 1), gzip),
        new(SegmentKind.Initrd, Ram + 0x10_0000, Bytes(777 * scale, 2)),
        new(SegmentKind.BootInfo, Ram + 0x20_0000, Bytes(300, 3)),
    ];

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        bytes.AsSpan(count / 3, count / 3).Fill(7);
        return bytes;
    }

    private static PackageError Read(ReadOnlySpan<byte> slot, out PackageHeader header)
    {
        header = default;
        ApplianceTable table = Samples.Table();
        BytesImage image = new(slot.ToArray(), true);
        return PackageReader.Read(in image, image.All, in table.Guest[0], in table.Board, 0, ref header);
    }

    private static PackageError Load(ReadOnlySpan<byte> slot, byte[] ram, out InflateStatus inflate)
    {
        inflate = InflateStatus.Ok;
        PackageError mapped = Load(slot, ram, true, out inflate);
        byte[] again = Enumerable.Repeat((byte)0x55, ram.Length).ToArray();
        Assert.Equal(mapped, Load(slot, again, false, out InflateStatus same));
        Assert.Equal(inflate, same);
        if (mapped == PackageError.None)
            Assert.True(ram.AsSpan().SequenceEqual(again));
        return mapped;
    }

    // From memory, or as from a disk, whose every read goes through room that the loader gives.
    private static PackageError Load(ReadOnlySpan<byte> slot, byte[] ram, bool isMapped, out InflateStatus inflate)
    {
        inflate = InflateStatus.Ok;
        PackageError error = Read(slot, out PackageHeader header);
        if (error != PackageError.None)
            return error;
        ApplianceTable table = Samples.Table();
        BytesImage image = new(slot.ToArray(), isMapped);
        ArrayMemory memory = new(ram);
        InflateTables tables = default;
        LoadPhases phases = default;
        return PackageLoader.Load(in image, image.All, in header, in table.Guest[0], ref memory, ref tables, ref phases, out inflate, out _);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Memory_holds_the_segments_and_nothing_else(bool gzip)
    {
        Samples.Segment[] segments = Segments(gzip, 20);
        byte[] ram = Enumerable.Repeat((byte)0xee, RamSize).ToArray();
        Assert.Equal(PackageError.None, Load(Samples.Slot(1 << 20, segments), ram, out _));
        byte[] expected = new byte[RamSize];
        foreach (Samples.Segment segment in segments)
            segment.Plain.CopyTo(expected, (int)(segment.Load - Ram));
        Assert.True(expected.AsSpan().SequenceEqual(ram));
    }

    /// <summary>A disk that will not be read for long.</summary>
    private readonly struct SlowImage(byte[] bytes) : IImageSource
    {
        public bool IsMapped => false;

        public bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> read)
        {
            Assert.InRange(range.Size, 1u, (ulong)IPause.StepBytes);
            return new BytesImage(bytes, false).TryRead(range, room, out read);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Loading_pauses_after_every_step(bool isMapped, bool gzip)
    {
        const int Size = 1 << 20, Steps = Size / IPause.StepBytes;
        byte[] slot = Samples.Slot(2 << 20, [new(SegmentKind.Kernel, Ram, Bytes(Size, 9), gzip), new(SegmentKind.BootInfo, Ram + Size, Bytes(300, 3))]);
        Assert.Equal(PackageError.None, Read(slot, out PackageHeader header));
        ApplianceTable table = Samples.Table();
        ArrayMemory memory = new(new byte[RamSize]);
        InflateTables tables = default;
        LoadPhases phases = default;
        BytesImage mapped = new(slot, true);
        SlowImage slow = new(slot);
        PackageError error = isMapped
            ? PackageLoader.Load(in mapped, mapped.All, in header, in table.Guest[0], ref memory, ref tables, ref phases, out _, out _)
            : PackageLoader.Load(in slow, mapped.All, in header, in table.Guest[0], ref memory, ref tables, ref phases, out _, out _);
        Assert.Equal(PackageError.None, error);
        // Copied or read and then hashed; what is inflated is hashed twice, and was random for two thirds.
        Assert.InRange(memory.Pauses, 2 * Steps + (gzip ? Steps / 2 : 0), int.MaxValue);
        Assert.InRange(memory.LongestZero, 1, 1 << 20);
    }

    [Fact]
    public void Segments_that_touch_and_fill_all_memory_leave_nothing_to_scrub()
    {
        Samples.Segment[] segments =
        [
            new(SegmentKind.BootInfo, Ram + RamSize - 4096, Bytes(4096, 1)),
            new(SegmentKind.Kernel, Ram, Bytes(4096, 2)),
            new(SegmentKind.Initrd, Ram + 4096, new byte[RamSize - 8192], Gzip: true),
        ];
        byte[] ram = Enumerable.Repeat((byte)0xee, RamSize).ToArray();
        byte[] slot = Samples.Slot(1 << 20, segments);
        Assert.Equal(PackageError.None, Load(slot, ram, true, out _));
        Assert.Equal(PackageError.NoRoomToUnpack, Load(slot, new byte[RamSize], false, out _));
        Assert.DoesNotContain((byte)0xee, ram.AsSpan(4096, RamSize - 8192).ToArray());
    }

    [Fact]
    public void A_wrong_byte_is_found_in_the_private_copy()
    {
        byte[] ram = new byte[RamSize];
        byte[] slot = Samples.Slot(1 << 20, Segments(false));
        slot[4096 + 17] ^= 1;
        Assert.Equal(PackageError.WrongSegmentDigest, Load(slot, ram, out _));

        slot = Samples.Slot(1 << 20, Segments(true));
        slot[4096 + 100] ^= 1;
        Assert.Equal(PackageError.BadCompression, Load(slot, ram, out InflateStatus inflate));
        Assert.NotEqual(InflateStatus.Ok, inflate);
    }

    [Fact]
    public void Refuses_every_truncation_of_the_slot()
    {
        byte[] slot = Samples.Slot(20_000, Segments(false));
        byte[] ram = new byte[RamSize];
        int end = 4096 + 8192 + 4096 + 300;
        for (int length = 0; length < end; length++)
            Assert.NotEqual(PackageError.None, Read(slot.AsSpan(0, length), out _));
        Assert.Equal(PackageError.None, Load(slot.AsSpan(0, end), ram, out _));
    }

    [Fact]
    public void Refuses_every_flipped_bit_of_the_header()
    {
        byte[] slot = Samples.Slot(20_000, Segments(false));
        int size = System.Runtime.CompilerServices.Unsafe.SizeOf<PackageHeader>();
        for (int bit = 0; bit < size * 8; bit++)
        {
            slot[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(PackageError.None, Read(slot, out _));
            slot[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    // A right digest over a wrong header: refused or loaded, never a crash and never outside the guest's memory.
    [Fact]
    public void Survives_any_header()
    {
        Random random = new(1);
        byte[] ram = new byte[RamSize];
        int loaded = 0;
        for (int round = 0; round < 6000; round++)
        {
            byte[] slot = Samples.Slot(20_000, Segments(round % 2 == 0), (ref header) =>
            {
                Span<byte> bytes = MemoryMarshal.AsBytes(new Span<PackageHeader>(ref header)).Slice(48);
                for (int change = random.Next(1, 4); change > 0; change--)
                {
                    int at = random.Next(bytes.Length);
                    bytes[at] = (byte)(random.Next(2) == 0 ? random.Next(256) : bytes[at] ^ 1 << random.Next(8));
                }
            });
            if (Load(slot, ram, out _) == PackageError.None)
                loaded++;
        }
        Assert.True(loaded > 0);
    }

    [Fact]
    public void An_erased_slot_is_empty()
    {
        Assert.Equal(PackageError.EmptySlot, Read(new byte[8192], out _));
        Assert.Equal(PackageError.EmptySlot, Read(Enumerable.Repeat((byte)0xff, 8192).ToArray(), out _));
    }

    [Fact]
    public void Every_error_has_a_text()
    {
        foreach (PackageError error in Enum.GetValues<PackageError>())
            Assert.False(PackageErrorText.Of(error).IsEmpty, error.ToString());
        foreach (InflateStatus status in Enum.GetValues<InflateStatus>())
            Assert.False(InflateStatusText.Of(status).IsEmpty, status.ToString());
    }

    public static TheoryData<string, PackageError, Samples.Mutate> Wrong => new()
    {
        { "version", PackageError.BadVersion, (ref h) => h.Version++ },
        { "size", PackageError.BadSize, (ref h) => h.HeaderSize++ },
        { "guest", PackageError.WrongGuest, (ref h) => h.GuestName = Samples.Name("app") },
        { "guest's prefix", PackageError.WrongGuest, (ref h) => h.GuestName = Samples.Name("gate") },
        { "board", PackageError.WrongBoard, (ref h) => h.BoardName = Samples.Name("other") },
        { "no segments", PackageError.BadSegmentCount, (ref h) => h.SegmentCount = 0 },
        { "9 segments", PackageError.BadSegmentCount, (ref h) => h.SegmentCount = 9 },
        { "entry kind", PackageError.BadKind, (ref h) => h.EntryKind = 0 },
        { "entry of another architecture", PackageError.BadKind, (ref h) => h.EntryKind = EntryKind.Pvh },
        { "segment kind", PackageError.BadKind, (ref h) => h.Segment[0].Kind = 0 },
        { "compression", PackageError.BadKind, (ref h) => h.Segment[0].Compression = (Compression)2 },
        { "stored in the header", PackageError.BadStoredRange, (ref h) => h.Segment[0].StoredOffset = 0 },
        { "stored unaligned", PackageError.BadStoredRange, (ref h) => h.Segment[0].StoredOffset += 8 },
        { "stored past the slot", PackageError.BadStoredRange, (ref h) => h.Segment[0].StoredSize = 20_000 },
        { "stored wraps", PackageError.BadStoredRange, (ref h) => h.Segment[0].StoredOffset = 0xffff_ffff_ffff_f000 },
        { "sizes differ", PackageError.BadStoredRange, (ref h) => h.Segment[0].LoadedSize++ },
        { "stored twice", PackageError.OverlappingStored, (ref h) => h.Segment[1].StoredOffset = 4096 },
        { "load before RAM", PackageError.BadLoadRange, (ref h) => h.Segment[0].Load = new(Ram - 1) },
        { "load past RAM", PackageError.BadLoadRange, (ref h) => h.Segment[0].Load = new(Ram + RamSize - 4999) },
        { "load in a device", PackageError.BadLoadRange, (ref h) => h.Segment[2].Load = new(0x0901_0000) },
        { "load wraps", PackageError.BadLoadRange, (ref h) => h.Segment[0].Load = new(ulong.MaxValue - 100) },
        { "load twice", PackageError.OverlappingLoad, (ref h) => h.Segment[1].Load = new(Ram + 4999) },
        { "loaded total", PackageError.BadTotals, (ref h) => h.LoadedBytes++ },
        { "stored total", PackageError.BadTotals, (ref h) => h.StoredBytes-- },
        { "entry outside", PackageError.BadEntry, (ref h) => h.Entry = new(Ram + 5000) },
        { "entry unaligned", PackageError.BadEntry, (ref h) => h.Entry = new(Ram + 2) },
        { "boot information outside", PackageError.BadBootInfo, (ref h) => h.BootInfo = new(Ram) },
        { "boot information unaligned", PackageError.BadBootInfo, (ref h) => h.BootInfo += 4 },
        { "seed outside", PackageError.BadSeed, (ref h) => h.RngSeed = new(Ram) },
        { "seed past the end", PackageError.BadSeed, (ref h) => h.RngSeedSize = 300 - 63 },
        { "seed without size", PackageError.BadSeed, (ref h) => h.KaslrSeed = h.RngSeed },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Says_what_is_wrong(string what, PackageError expected, Samples.Mutate mutate)
    {
        byte[] slot = Samples.Slot(20_000, Segments(false), mutate);
        Assert.True(expected == Read(slot, out _), what);
    }
}

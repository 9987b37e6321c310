using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Tests.Kernels;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Layout;

/// <summary>A package's segments put into memory, and followed from where the entry's registers point.</summary>
public class X86PackageTests
{
    private const int MiB = 1 << 20;
    private static readonly byte[] Initrd = [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 7))];

    [Fact]
    public void PvhGuestFindsAllItIsTold()
    {
        Guest guest = PcGuests.Make(commandLine: "one two");
        (PackageHeader header, byte[] memory) = Load(guest, new ElfKernel().Bytes(), Initrd);
        Assert.Equal((EntryKind.Pvh, 0x10_0000ul, 0ul, 0ul, 0ul), (header.EntryKind, header.Entry.Value, header.PageTables.Value, header.Gdt.Value, header.RngSeed.Value));
        int start = (int)header.BootInfo.Value;
        Assert.Equal((0x336ec578u, 1u, 1u), (U32(memory, start), U32(memory, start + 4), U32(memory, start + 12)));
        Assert.Equal("one two", Text(memory, U64(memory, start + 24)));
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(memory, (int)U64(memory, start + 32), 8));
        int module = (int)U64(memory, start + 16);
        Assert.Equal(Initrd, memory.AsSpan((int)U64(memory, module), (int)U64(memory, module + 8)).ToArray());
        int map = (int)U64(memory, start + 40);
        List<(ulong, ulong, uint)> entries = [.. Enumerable.Range(0, (int)U32(memory, start + 48)).Select(i => (U64(memory, map + i * 24), U64(memory, map + i * 24 + 8), U32(memory, map + i * 24 + 16)))];
        Assert.Equal([(0ul, 0xa_0000ul, 1u), (0xe_0000ul, 0x2_0000ul, 3u), (0x10_0000ul, 63ul * MiB, 1u)], entries);
    }

    [Fact]
    public void ThereIsAWayToResetWhereABiosBegins()
    {
        foreach (byte[] kernel in new[] { new ElfKernel().Bytes(), BzImageFile.Make([1, 2, 3]) })
        {
            (_, byte[] memory) = Load(PcGuests.Make(PcGuests.Usual with { ResetPort = 0xb004 }), kernel, null);
            Iced.Intel.Decoder decoder = Iced.Intel.Decoder.Create(16, memory[0xf_fff0..0x10_0000]);
            Assert.Equal(["mov dx,0B004h", "mov al,6", "out dx,al", "hlt"], Enumerable.Range(0, 4).Select(_ => decoder.Decode().ToString()));
            Assert.Equal(Iced.Intel.Mnemonic.Jmp, decoder.Decode().Mnemonic);
        }
    }

    [Fact]
    public void PvhGuestWithoutInitrdHasNoModule()
    {
        (PackageHeader header, byte[] memory) = Load(PcGuests.Make(), new ElfKernel().Bytes(), null);
        Assert.Equal((0u, 0ul), (U32(memory, (int)header.BootInfo.Value + 12), U64(memory, (int)header.BootInfo.Value + 16)));
    }

    [Fact]
    public void BzImageFindsItsZeroPageAndRunsOnItsOwnTables()
    {
        byte[] file = BzImageFile.Make([1, 2, 3]);
        file[0x211] = 0x5a;
        (PackageHeader header, byte[] memory) = Load(PcGuests.Make(commandLine: "quiet"), file, Initrd);
        Assert.Equal((EntryKind.Linux64, BzImageFile.Load + 0x200), (header.EntryKind, header.Entry.Value));
        int page = (int)header.BootInfo.Value;
        Assert.Equal(0, page % 4096);
        Assert.Equal("HdrS", Encoding.ASCII.GetString(memory, page + 0x202, 4));
        Assert.Equal((0xff, 0x5a), (memory[page + 0x210], memory[page + 0x211]));
        Assert.Equal(Initrd, memory.AsSpan((int)U32(memory, page + 0x218), (int)U32(memory, page + 0x21c)).ToArray());
        Assert.True(U32(memory, page + 0x218) >= BzImageFile.Load + BzImageFile.InitSize);
        Assert.Equal("quiet", Text(memory, U32(memory, page + 0x228)));
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(memory, (int)U64(memory, page + 0x70), 8));
        Assert.Equal(3, memory[page + 0x1e8]);
        Assert.Equal((0x10_0000ul, 63ul * MiB, 1u), (U64(memory, page + 0x2d0 + 40), U64(memory, page + 0x2d0 + 48), U32(memory, page + 0x2d0 + 56)));
        int data = (int)U64(memory, page + 0x250);
        Assert.Equal((0ul, 9u, 32u), (U64(memory, data), U32(memory, data + 8), U32(memory, data + 12)));
        Assert.Equal(((ulong)data + 16, 32u), (header.RngSeed.Value, header.RngSeedSize));
        // Intel SDM vol 3, figure 3-8: access bytes and flags of flat segments.
        Assert.Equal((0x00af_9b00_0000_fffful, 0x00cf_9300_0000_fffful), (U64(memory, (int)header.Gdt.Value + 16), U64(memory, (int)header.Gdt.Value + 24)));
        foreach (ulong address in new ulong[] { 0, 0x1234, 0x20_0000, 0x3fff_ffff, 0x4000_0000, 0xfee0_0030, 0xffff_ffff })
            Assert.Equal(address, Walk(memory, header.PageTables.Value, address));
        Assert.Null(Walk(memory, header.PageTables.Value, 1ul << 32));
    }

    [Fact]
    public void LinuxOfAPackageHasAZeroPageAndASeedToo()
    {
        Guest guest = PcGuests.Make();
        guest = guest with { Payload = new LinuxPayload("linux", new Initramfs([], new Dictionary<string, string>(), ""), "quiet", false) };
        (PackageHeader header, byte[] memory) = Load(guest, new ElfKernel().Bytes(), Initrd);
        Assert.Equal((EntryKind.Linux64, 0x10_0001ul), (header.EntryKind, header.Entry.Value));
        int page = (int)header.BootInfo.Value;
        // boot.rst, "Details of Header Fields".
        Assert.Equal((0xaa55, "HdrS", 0x20f), (BinaryPrimitives.ReadUInt16LittleEndian(memory.AsSpan(page + 0x1fe)), Encoding.ASCII.GetString(memory, page + 0x202, 4), BinaryPrimitives.ReadUInt16LittleEndian(memory.AsSpan(page + 0x206))));
        Assert.Equal((0xff, 1), (memory[page + 0x210], memory[page + 0x211]));
        Assert.Equal("quiet", Text(memory, U32(memory, page + 0x228)));
        Assert.Equal(Initrd, memory.AsSpan((int)U32(memory, page + 0x218), (int)U32(memory, page + 0x21c)).ToArray());
        Assert.Equal((U64(memory, page + 0x250) + 16, 32u), (header.RngSeed.Value, header.RngSeedSize));
        Assert.Equal(0x10_0000ul, Walk(memory, header.PageTables.Value, 0x10_0000));
    }

    [Fact]
    public void LargeGuestsRamGoesOnAt4GiB()
    {
        Guest guest = PcGuests.Make(memory: 4096ul * MiB);
        (PackageHeader header, byte[] memory) = Load(guest, new ElfKernel().Bytes(), null);
        int start = (int)header.BootInfo.Value, map = (int)U64(memory, start + 40);
        Assert.Equal(4u, U32(memory, start + 48));
        Assert.Equal((0x10_0000ul, (3072ul - 1) * MiB), (U64(memory, map + 48), U64(memory, map + 56)));
        Assert.Equal((1ul << 32, 1024ul * MiB), (U64(memory, map + 72), U64(memory, map + 80)));
    }

    [Fact]
    public void TooMuchForItsMemoryIsRefused()
    {
        Guest guest = PcGuests.Make(memory: 16 * MiB);
        Assert.Contains("need 24 MiB", Assert.Throws<BuildException>(() => PackageBuilder.Build(guest, "pc", BzImageFile.Make([1]), null)).Message);
        Assert.Contains("need 17 MiB", Assert.Throws<BuildException>(() => PackageBuilder.Build(guest, "pc", new ElfKernel { DataLoad = 14 * MiB }.Bytes(), new byte[MiB + 4096])).Message);
    }

    private static (PackageHeader Header, byte[] Memory) Load(Guest guest, byte[] kernel, byte[]? initrd)
    {
        byte[] package = PackageBuilder.Build(guest, "pc", kernel, initrd);
        PackageHeader header = MemoryMarshal.Read<PackageHeader>(package);
        byte[] memory = new byte[64 * MiB];
        for (int i = 0; i < (int)header.SegmentCount; i++)
            package.AsSpan((int)header.Segment[i].StoredOffset, (int)header.Segment[i].StoredSize).CopyTo(memory.AsSpan((int)header.Segment[i].Load.Value));
        return (header, memory);
    }

    // Intel SDM vol 3, 4.5.4, as far as 2 MiB pages go.
    private static ulong? Walk(byte[] memory, ulong root, ulong address)
    {
        ulong table = root;
        foreach (int shift in new[] { 39, 30, 21 })
        {
            ulong entry = U64(memory, (int)(table + (address >> shift & 511) * 8));
            if ((entry & 1) == 0)
                return null;
            if ((entry & 0x80) != 0)
                return (entry & ~0x1f_fffful) | (address & 0x1f_ffff);
            table = entry & ~0xffful;
        }
        return null;
    }

    private static string Text(byte[] memory, ulong address) => Encoding.ASCII.GetString(memory.AsSpan((int)address)[..memory.AsSpan((int)address).IndexOf((byte)0)]);

    private static uint U32(byte[] memory, int at) => BinaryPrimitives.ReadUInt32LittleEndian(memory.AsSpan(at));

    private static ulong U64(byte[] memory, int at) => BinaryPrimitives.ReadUInt64LittleEndian(memory.AsSpan(at));
}

using System.Buffers.Binary;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// What an x86 guest is told at its entry, in one stretch below 1 MiB where a PC's BIOS would be: ACPI tables, memory map,
/// command line, and hvm_start_info (PVH) or boot_params with page tables and a GDT (Linux' 64-bit entry). It ends at the
/// place of a BIOS's first instruction, where a guest that resets by going there finds the way.
/// </summary>
public sealed class X86BootInfo
{
    /// <summary>Where a PC's RSDP is also looked for by who is not told where it is (ACPI 6.5, 5.2.5.1).</summary>
    private const ulong Base = 0xe_0000;
    private const ulong End = 0x10_0000;
    private const int ResetVectorSize = 16;
    public const int RngSeedSize = 32;

    // The BIOS's own data and the legacy video memory begin there; a guest has nothing up to Base.
    private const ulong LowRamEnd = 0xa_0000;
    private const uint Ram = 1, AcpiReclaimable = 3;
    private const int Page = 4096;

    // Linux, Documentation/arch/x86/zero-page.rst and boot.rst.
    private const int RsdpAt = 0x70, E820CountAt = 0x1e8, LoaderAt = 0x210, RamdiskAt = 0x218, CommandLineAt = 0x228, SetupDataAt = 0x250, E820At = 0x2d0;
    private const byte UnregisteredLoader = 0xff;
    private const uint SetupRngSeed = 9;

    private readonly MemoryStream _bytes = new();

    private X86BootInfo(ulong address)
    {
        Address = address;
    }

    /// <summary>Of the first of Bytes, in the guest.</summary>
    public ulong Address { get; }

    public byte[] Bytes => _bytes.ToArray();

    /// <summary>hvm_start_info or boot_params.</summary>
    public ulong Start { get; private set; }

    /// <summary>0 where the entry has none.</summary>
    public ulong RngSeed { get; private set; }
    public ulong PageTables { get; private set; }
    public ulong Gdt { get; private set; }

    public static X86BootInfo Make(Guest guest, X86Kernel kernel, AddressRange? initrd)
    {
        // Its size is the same wherever it lies, so the first one tells where the second must.
        X86BootInfo first = Make(Base, guest, kernel, initrd);
        long needed = first._bytes.Length + ResetVectorSize;
        if (needed > (long)(End - Base))
            throw new BuildException($"guest '{guest.Name}': its boot information needs {needed} bytes, and has {End - Base}");
        X86BootInfo info = Make(End - Up((ulong)needed), guest, kernel, initrd);
        info._bytes.SetLength((long)(End - info.Address));
        info._bytes.Position = info._bytes.Length - ResetVectorSize;
        info._bytes.Write(ResetVector((PcPlatform)guest.Platform));
        return info;
    }

    private static X86BootInfo Make(ulong address, Guest guest, X86Kernel kernel, AddressRange? initrd)
    {
        X86BootInfo info = new(address);
        ulong rsdp = info.Add(GuestAcpi.Make(guest, address), 1);
        ulong commandLine = info.Add([.. Encoding.ASCII.GetBytes(guest.Payload.CommandLine), 0], 8);
        List<(ulong Start, ulong Size, uint Type)> map = Map(guest);
        if (kernel.EntryKind == EntryKind.Pvh)
            info.AddStartInfo(map, rsdp, commandLine, initrd);
        else
            info.AddBootParams(map, rsdp, commandLine, initrd, kernel.SetupHeader);
        return info;
    }

    private static ulong Up(ulong bytes) => (bytes + Page - 1) / Page * Page;

    /// <summary>
    /// F000:FFF0 (SDM 3 9.1.4), where a kernel that finds neither EFI nor a keyboard controller goes to be reset (Linux does on
    /// hardware-reduced ACPI): MOV DX, port; MOV AL, value; OUT DX, AL; and HLT for ever.
    /// </summary>
    private static byte[] ResetVector(PcPlatform platform) =>
        [0xba, (byte)platform.ResetPort, (byte)(platform.ResetPort >> 8), 0xb0, (byte)X86Platform.ResetValue, 0xee, 0xf4, 0xeb, 0xfd];

    private static List<(ulong Start, ulong Size, uint Type)> Map(Guest guest)
    {
        IReadOnlyList<GuestRange> ram = GuestRam.ForKernel(guest);
        List<(ulong, ulong, uint)> map = [(0, LowRamEnd, Ram), (Base, End - Base, AcpiReclaimable), (End, ram[0].Size - End, Ram)];
        map.AddRange(ram.Skip(1).Select(range => (range.Guest, range.Size, Ram)));
        return map;
    }

    // Xen, public headers arch-x86/hvm/start_info.h, version 1.
    private void AddStartInfo(List<(ulong Start, ulong Size, uint Type)> map, ulong rsdp, ulong commandLine, AddressRange? initrd)
    {
        ulong modules = initrd is { } range ? Add([.. Quad(range.Base), .. Quad(range.Size), .. Quad(0), .. Quad(0)], 8) : 0;
        ulong memory = Add([.. map.SelectMany(entry => (byte[])[.. Quad(entry.Start), .. Quad(entry.Size), .. Quad(entry.Type)])], 8);
        Start = Add(
        [
            .. Word(0x336ec578), .. Word(1), .. Word(0), .. Word(initrd is null ? 0u : 1), .. Quad(modules), .. Quad(commandLine), .. Quad(rsdp),
            .. Quad(memory), .. Word((uint)map.Count), .. Word(0),
        ], 8);
    }

    private void AddBootParams(List<(ulong Start, ulong Size, uint Type)> map, ulong rsdp, ulong commandLine, AddressRange? initrd, ReadOnlySpan<byte> header)
    {
        ulong seed = Add([.. Quad(0), .. Word(SetupRngSeed), .. Word(RngSeedSize), .. new byte[RngSeedSize]], 16);
        RngSeed = seed + 16;
        byte[] page = new byte[Page];
        header.CopyTo(page.AsSpan(BzImage.HeaderOffset));
        Quad(rsdp).CopyTo(page, RsdpAt);
        page[LoaderAt] = UnregisteredLoader;
        Word((uint)(initrd?.Base ?? 0)).CopyTo(page, RamdiskAt);
        Word((uint)(initrd?.Size ?? 0)).CopyTo(page, RamdiskAt + 4);
        Word((uint)commandLine).CopyTo(page, CommandLineAt);
        Quad(seed).CopyTo(page, SetupDataAt);
        page[E820CountAt] = (byte)map.Count;
        for (int i = 0; i < map.Count; i++)
            ((byte[])[.. Quad(map[i].Start), .. Quad(map[i].Size), .. Word(map[i].Type)]).CopyTo(page, E820At + i * 20);
        Start = Add(page, Page);
        PageTables = AddIdentityMap();
        // __BOOT_CS and __BOOT_DS are 0x10 and 0x18 (boot.rst, "64-bit boot protocol"): flat, code of 64 bits.
        Gdt = Add([.. Quad(0), .. Quad(0), .. Quad(0x00af_9b00_0000_ffff), .. Quad(0x00cf_9300_0000_ffff)], 8);
    }

    // 4 GiB in 2 MiB pages: PML4, PDPT, four page directories (Intel SDM vol 3, 4.5).
    private ulong AddIdentityMap()
    {
        const ulong Table = 0b11, Large = 0b1000_0011;
        byte[] tables = new byte[6 * Page];
        ulong root = Next(Page);
        Quad(root + Page | Table).CopyTo(tables, 0);
        for (int i = 0; i < 4; i++)
            Quad(root + (ulong)(2 + i) * Page | Table).CopyTo(tables, Page + i * 8);
        for (int i = 0; i < 4 * 512; i++)
            Quad((ulong)i << 21 | Large).CopyTo(tables, 2 * Page + i * 8);
        return Add(tables, Page);
    }

    // Address is a page's.
    private ulong Next(int alignment) => Address + (ulong)((_bytes.Length + alignment - 1) / alignment * alignment);

    private ulong Add(byte[] content, int alignment)
    {
        ulong address = Next(alignment);
        _bytes.Position = (long)(address - Address);
        _bytes.Write(content);
        return address;
    }

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Quad(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}

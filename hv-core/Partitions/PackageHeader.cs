using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;
using Bulkhead.Update;

namespace Bulkhead.Partitions;

/// <summary>
/// The fixed header of a guest's package in its flash slot: 4096 bytes, then the stored segments. Every field is
/// under the header's digest, which is signed; every segment under its own. Compiled into builder and hypervisor.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct PackageHeader
{
    /// <summary>"BHPKG001" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x313030474B504842;
    public const uint CurrentVersion = 1;
    /// <summary>Bytes from the start of the slot to the first stored segment.</summary>
    public const int StoredSize = 4096;
    public const int MaxSegments = 8;
    /// <summary>From the start of the slot: the signature of everything after <see cref="HeaderDigest"/>, up to HeaderSize.</summary>
    public const int SignatureOffset = StoredSize - RsaNumber.Size;
    /// <summary>Null, unused, 64-bit code at selector 0x10, data at 0x18.</summary>
    public const uint GdtSize = 4 * 8;

    public ulong Magic;
    public uint Version;
    public uint HeaderSize;
    /// <summary>SHA-256 of the header bytes after this field, up to HeaderSize (sizeof this struct).</summary>
    public Digest256 HeaderDigest;
    public FixedName GuestName;
    public FixedName BoardName;
    public uint SegmentCount;
    public EntryKind EntryKind;
    public GuestPhys Entry;
    /// <summary>Guest address of what the guest is told at its entry, in the form that goes with the entry; 0 with none.</summary>
    public GuestPhys BootInfo;
    /// <summary>Guest addresses of the seeds' values within the boot information, filled at each boot; 0 with none.</summary>
    public GuestPhys RngSeed;
    public GuestPhys KaslrSeed;
    public uint RngSeedSize;
    public uint KaslrSeedSize;
    /// <summary>Within the boot information, for <see cref="EntryKind.Linux64"/> only: the PML4 for CR3, which maps 4 GiB to themselves,</summary>
    public GuestPhys PageTables;
    /// <summary>and <see cref="GdtSize"/> bytes for GDTR.</summary>
    public GuestPhys Gdt;
    /// <summary>What its supplier calls it, for people.</summary>
    public FixedName GuestVersion;
    /// <summary>Not launched where a higher index has been confirmed.</summary>
    public ulong Rollback;
    /// <summary>The channels' versions that it can talk, both ends included.</summary>
    public uint ChannelAbiFirst;
    public uint ChannelAbiLast;
    /// <summary>SHA-256 of the <see cref="StoredBytes"/> after the header: what an update is checked by before anything is unpacked.</summary>
    public Digest256 StoredDigest;
    /// <summary>Payload bytes after the header: stored, and loaded. 64 bits, always.</summary>
    public ulong StoredBytes;
    public ulong LoadedBytes;
    public Segments Segment;

    [InlineArray(MaxSegments)]
    public struct Segments
    {
        private PackageSegment _first;
    }
}

public enum EntryKind : uint
{
    /// <summary>EL1h, MMU off, x0 = device tree, x1..x3 = 0 (Linux, Documentation/arch/arm64/booting.rst).</summary>
    Arm64Image = 1,
    /// <summary>32-bit protected mode, paging off, flat segments, ebx = hvm_start_info (Xen, docs/misc/pvh.pandoc).</summary>
    Pvh = 2,
    /// <summary>64-bit mode, memory mapped to itself, cs = 0x10, ds, es, ss = 0x18, rsi = boot_params (Linux, Documentation/arch/x86/boot.rst, "64-bit boot protocol").</summary>
    Linux64 = 3,
}

/// <summary>One stretch of guest memory that the package fills.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PackageSegment
{
    public GuestPhys Load;
    /// <summary>From the start of the slot, in bytes.</summary>
    public ulong StoredOffset;
    public ulong StoredSize;
    public ulong LoadedSize;
    public SegmentKind Kind;
    public Compression Compression;
    /// <summary>SHA-256 of the LoadedSize bytes as they will run.</summary>
    public Digest256 Digest;
}

public enum SegmentKind : uint
{
    Kernel = 1,
    Initrd = 2,
    /// <summary>Device tree, hvm_start_info or boot_params, and what they point to: command line, memory map, ACPI tables.</summary>
    BootInfo = 3,
}

public enum Compression : uint
{
    None = 0,
    /// <summary>RFC 1952.</summary>
    Gzip = 1,
}

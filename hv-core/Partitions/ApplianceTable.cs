using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>
/// The appliance table: what the image builder checked and the hypervisor carries out. This file is its one
/// definition; builder and hypervisor both compile it. Little endian, fixed size, no pointers, no optional parts.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ApplianceTable
{
    /// <summary>"BHTABLE1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x31454C4241544842;
    public const uint CurrentVersion = 1;
    public const int MaxCpus = 8;
    public const int MaxGuests = 8;

    public ulong Magic;
    public uint Version;
    /// <summary>Bytes of the whole table; must equal sizeof(ApplianceTable).</summary>
    public uint Size;
    /// <summary>SHA-256 of every byte after this field, up to Size.</summary>
    public Digest256 Digest;
    /// <summary>SHA-256 of the manifest the table was made from; UUIDs derive from it.</summary>
    public Digest256 ManifestDigest;
    public FixedName ApplianceName;
    public BoardFacts Board;
    public uint GuestCount;
    public uint Reserved;
    public Guests Guest;

    [InlineArray(MaxGuests)]
    public struct Guests
    {
        private GuestEntry _first;
    }
}

/// <summary>What the board file says of the hardware; compared at boot with a device tree if one is handed over.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BoardFacts
{
    public const int MaxRamRanges = 4;

    public FixedName Name;
    public uint CpuCount;
    public uint RamRangeCount;
    /// <summary>MPIDR_EL1 affinity of each CPU, in board order.</summary>
    public CpuIds CpuId;
    public RamRanges Ram;
    /// <summary>RAM the hypervisor owns: image, page-table pool, stacks, rings.</summary>
    public HostRange HypervisorRam;
    public HostRange Flash;
    public HostPhys Uart;
    public HostPhys Gicd;
    public HostPhys Gicr;
    /// <summary>Bytes from one CPU's redistributor frame to the next.</summary>
    public ulong GicrStride;
    public uint UartIntId;
    public uint Reserved;

    [InlineArray(ApplianceTable.MaxCpus)]
    public struct CpuIds
    {
        private ulong _first;
    }

    [InlineArray(MaxRamRanges)]
    public struct RamRanges
    {
        private HostRange _first;
    }
}

/// <summary>A half-open range of board addresses: base, and length in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HostRange
{
    public HostPhys Base;
    public ulong Size;
}

/// <summary>One guest: its CPUs, memory, virtual platform, devices and flash slots.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestEntry
{
    public const int MaxVcpus = 8;
    public const int MaxMappings = 16;
    public const int MaxInterrupts = 16;

    public FixedName Name;
    public uint VcpuCount;
    public uint MappingCount;
    public uint InterruptCount;
    public GuestFlags Flags;
    /// <summary>Board index of the CPU each vCPU is pinned to.</summary>
    public VcpuCpus Cpu;
    public Mappings Mapping;
    public Interrupts Interrupt;
    public VirtualPlatform Platform;
    /// <summary>Slots a and b, as ranges of bytes from the start of the image.</summary>
    public ImageRange SlotA;
    public ImageRange SlotB;

    [InlineArray(MaxVcpus)]
    public struct VcpuCpus
    {
        private uint _first;
    }

    [InlineArray(MaxMappings)]
    public struct Mappings
    {
        private GuestMapping _first;
    }

    [InlineArray(MaxInterrupts)]
    public struct Interrupts
    {
        private GuestInterrupt _first;
    }
}

[System.Flags]
public enum GuestFlags : uint
{
    None = 0,
    /// <summary>Start when the board starts.</summary>
    AutoStart = 1,
}

/// <summary>A range of bytes of the image, from its first byte.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ImageRange
{
    public ulong Offset;
    public ulong Size;
}

/// <summary>One stage 2 mapping: RAM or an assigned device.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestMapping
{
    public GuestPhys Guest;
    public HostPhys Host;
    public ulong Size;
    public MappingKind Kind;
    public uint Reserved;
}

public enum MappingKind : uint
{
    /// <summary>Normal cacheable memory: read, write, execute.</summary>
    Ram = 1,
    /// <summary>Device-nGnRE: read, write, never execute.</summary>
    Device = 2,
}

/// <summary>A physical SPI assigned to a guest.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestInterrupt
{
    public uint PhysicalIntId;
    public uint VirtualIntId;
    /// <summary>0 level, 1 edge (GICD_ICFGR).</summary>
    public uint Edge;
    public uint Reserved;
}

/// <summary>Where the guest sees its virtual devices: data, because a map is the manifest's choice.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VirtualPlatform
{
    public GuestPhys Gicd;
    public GuestPhys Gicr;
    public GuestPhys Uart;
    public uint UartIntId;
    /// <summary>Number of interrupt ids the virtual distributor has, a multiple of 32 in 64..1020 rounded up to 1024.</summary>
    public uint IntIdCount;
}

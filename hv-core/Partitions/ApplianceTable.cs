using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;
using Bulkhead.Update;

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
    /// <summary>From the start of the table's partition: the <see cref="RootSignature"/>.</summary>
    public const int SignatureOffset = 64 * 1024;
    public const int MaxCpus = 8;
    public const int MaxGuests = 8;
    public const int MaxResetSteps = 32;

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
    public ApplianceFlags Flags;
    /// <summary>Of the appliance as a whole, for people.</summary>
    public FixedName ApplianceVersion;
    /// <summary>A table with a lower index than the one confirmed is not used.</summary>
    public ulong Rollback;
    /// <summary>Where the crash log is in the image; empty without one.</summary>
    public ImageRange CrashArea;
    /// <summary>Of all guests' devices.</summary>
    public ResetSteps ResetStep;
    public Guests Guest;

    [InlineArray(MaxResetSteps)]
    public struct ResetSteps
    {
        private ResetStep _first;
    }

    [InlineArray(MaxGuests)]
    public struct Guests
    {
        private GuestEntry _first;
    }
}

[System.Flags]
public enum ApplianceFlags : uint
{
    None = 0,
    /// <summary>Exits are noted in the black box.</summary>
    Trace = 1,
    /// <summary>A bug of the hypervisor resets the board; without it the board halts.</summary>
    ResetOnBug = 2,
    /// <summary>A guest may make the hypervisor crash (docs/abi.md), to see what becomes of it.</summary>
    CrashCall = 4,
    /// <summary>For the field: everything is signed, and by no development key.</summary>
    Production = 8,
    /// <summary>Whoever has the board's UART may list, start and stop guests (docs/abi.md).</summary>
    Management = 16,
    /// <summary>Crash records go to the image's crash area, too: the board's RAM may forget them.</summary>
    CrashLog = 32,
}

/// <summary>The instruction set a board's CPUs and its guests have. Of every pair of parts named after architectures, the other one is zero.</summary>
public enum CpuArchitecture : uint
{
    Arm64 = 1,
    X86_64 = 2,
}

/// <summary>What the board file says of the hardware; compared at boot with what firmware tells of it (device tree, ACPI).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BoardFacts
{
    public const int MaxRamRanges = 4;

    public FixedName Name;
    public CpuArchitecture Architecture;
    public uint CpuCount;
    public uint RamRangeCount;
    public uint Reserved;
    /// <summary>MPIDR_EL1's affinity or the local APIC's id of each CPU, in board order.</summary>
    public CpuIds CpuId;
    public RamRanges Ram;
    /// <summary>RAM the hypervisor owns: image, page-table pool, stacks, rings.</summary>
    public HostRange HypervisorRam;
    /// <summary>Bytes of the flash or disk that holds the image.</summary>
    public ulong ImageSize;
    public Arm64Board Arm64;
    public X86Board X86;
    /// <summary>The black box: RAM that a reset leaves alone; empty where the board has none.</summary>
    public HostRange BlackBox;

    [InlineArray(ApplianceTable.MaxCpus)]
    public struct CpuIds
    {
        private ulong _first;

        /// <summary>Of a CPU of the board: none is out of range.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ulong Of(int cpu) => Unsafe.Add(ref Unsafe.AsRef(in _first), (nuint)((uint)cpu & (ApplianceTable.MaxCpus - 1)));
    }

    [InlineArray(MaxRamRanges)]
    public struct RamRanges
    {
        private HostRange _first;
    }
}

/// <summary>What the hypervisor keeps of an arm64 board.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Arm64Board
{
    /// <summary>Where the image is mapped, <see cref="BoardFacts.ImageSize"/> bytes of it.</summary>
    public HostPhys Flash;
    /// <summary>A PL011.</summary>
    public HostPhys Uart;
    public HostPhys Gicd;
    public HostPhys Gicr;
    /// <summary>Bytes from one CPU's redistributor frame to the next.</summary>
    public ulong GicrStride;
    public uint UartIntId;
    public uint Reserved;
}

/// <summary>What the hypervisor keeps of a PC. Port numbers have 16 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct X86Board
{
    public HostPhys LocalApic;
    public HostPhys IoApic;
    /// <summary>First of the eight ports of a 16550, and the I/O APIC's input it is wired to.</summary>
    public uint UartPort;
    public uint UartGsi;
    /// <summary>First of the eight command block ports of the ATA channel whose first drive holds the image, and its control port.</summary>
    public uint DiskPort;
    public uint DiskControlPort;
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
    public Arm64Platform Arm64;
    public X86Platform X86;
    /// <summary>Slots a and b, as ranges of bytes from the start of the image.</summary>
    public ImageRange SlotA;
    public ImageRange SlotB;
    public RestartPolicy Restart;
    /// <summary>A bit for each guest that must run before this one is started with the board.</summary>
    public uint After;
    /// <summary>What brings its assigned devices to rest when it has ended: so many of the table's steps, from that one on.</summary>
    public ushort FirstResetStep;
    public ushort ResetStepCount;
    public WatchdogEntry Watchdog;
    /// <summary>Its packages must be made for a version of the channels in this range, both ends included.</summary>
    public uint ChannelAbiFirst;
    public uint ChannelAbiLast;
    /// <summary>Who signs its packages; all zero where packages are not signed, which only development allows.</summary>
    public RsaNumber Key;
    public UpdatePolicy Update;
    public MailboxEntry Mailbox;

    public readonly bool IsControl => (Flags & GuestFlags.Control) != 0;

    /// <summary>Whether its packages must be signed.</summary>
    public readonly bool IsSigned => Key[0] != 0 || Key[RsaNumber.Size - 1] != 0;

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
    /// <summary>It speaks to the update service (docs/abi.md), by a second UART and a mailbox; one guest at most.</summary>
    Control = 2,
}

/// <summary>Where a control guest sees its mailbox (docs/abi.md); else 0.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MailboxEntry
{
    /// <summary>A page of virtual registers.</summary>
    public GuestPhys Registers;
    /// <summary>Devices/Mailbox.BufferSize bytes of its RAM, on a page, which its kernel does not hear of.</summary>
    public GuestPhys Buffer;
}

/// <summary>What follows a guest's stops (docs/architecture.md, the way of a restart).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RestartPolicy
{
    public const uint MaxLimit = 32;
    public const uint MaxDelayMilliseconds = 3_600_000;
    public const uint MaxWindowSeconds = 86_400;

    /// <summary>The reasons after which it is started again.</summary>
    public RestartReasons On;
    public uint DelayMilliseconds;
    /// <summary>The most restarts within any WindowSeconds, up to MaxLimit; 0 for no limit.</summary>
    public uint Limit;
    public uint WindowSeconds;
    /// <summary>Beyond the limit, or for a reason that is not restarted: 1 for the guest's other slot first.</summary>
    public uint Fallback;
    /// <summary>And at last.</summary>
    public LastResort Last;
}

[System.Flags]
public enum RestartReasons : uint
{
    None = 0,
    /// <summary>The hypervisor ended it: nothing it did could be carried out.</summary>
    Crash = 1,
    /// <summary>It asked for a reset.</summary>
    Reset = 2,
    Watchdog = 4,
    /// <summary>It asked to be off.</summary>
    Off = 8,
    All = Crash | Reset | Watchdog | Off,
}

public enum LastResort : uint
{
    /// <summary>The guest is held off and its devices are quiet; the others go on.</summary>
    SafeStop = 0,
    BoardReset = 1,
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
    /// <summary>Device-nGnRE, or uncacheable: read, write, never execute.</summary>
    Device = 2,
}

/// <summary>A physical interrupt assigned to a guest: an SPI's INTID, or an input of the I/O APIC (GSI).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestInterrupt
{
    public uint PhysicalIntId;
    public uint VirtualIntId;
    /// <summary>0 level, 1 edge.</summary>
    public uint Edge;
    /// <summary>1 if a low line asks; of the I/O APIC's inputs only.</summary>
    public uint ActiveLow;
}

/// <summary>One step of a device's reset: an access to a register of 32 bits in one of the guest's device mappings.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ResetStep
{
    public const uint MaxMicroseconds = 100_000;

    public HostPhys Register;
    /// <summary>The bits that <see cref="Value"/> is about, which has no others.</summary>
    public uint Mask;
    public uint Value;
    public ResetAction Action;
    /// <summary>How long to wait for it; 0 for a write.</summary>
    public uint Microseconds;
}

public enum ResetAction : uint
{
    /// <summary>The register's masked bits become the value; with all 32 of them it is not read before.</summary>
    Write = 1,
    /// <summary>Its masked bits are waited for to be the value.</summary>
    Poll = 2,
}

/// <summary>Where an arm64 guest sees its virtual devices: data, because a map is the manifest's choice.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Arm64Platform
{
    public GuestPhys Gicd;
    public GuestPhys Gicr;
    public GuestPhys Uart;
    public uint UartIntId;
    /// <summary>Number of interrupt ids the virtual distributor has, a multiple of 32 in 64..1020 rounded up to 1024.</summary>
    public uint IntIdCount;
    /// <summary>The generic watchdog's control and refresh frames, where the guest has a watchdog; else 0.</summary>
    public GuestPhys WatchdogControl;
    public GuestPhys WatchdogRefresh;
    /// <summary>WS0.</summary>
    public uint WatchdogIntId;
    /// <summary>Of a control guest's second UART; else 0.</summary>
    public uint ControlIntId;
    public GuestPhys ControlUart;
}

/// <summary>Where an x86 guest sees its virtual devices; its ACPI tables say the same.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct X86Platform
{
    /// <summary>SLP_TYP of \_S5, which the guest writes to the sleep control register to be off (ACPI 6.5, 4.8.3.7).</summary>
    public const uint SleepTypeOff = 5;
    /// <summary>What the guest writes to the reset register (ACPI 6.5, 4.8.3.6).</summary>
    public const uint ResetValue = 6;

    /// <summary>Of every vCPU, at reset (Intel SDM vol 3, 11.4.1).</summary>
    public GuestPhys LocalApic;
    public GuestPhys IoApic;
    /// <summary>First of the eight ports of the 16550A.</summary>
    public uint UartPort;
    /// <summary>The I/O APIC's input the UART is wired to: edge, active high.</summary>
    public uint UartGsi;
    /// <summary>The sleep control register; the sleep status register is the next port.</summary>
    public uint SleepPort;
    public uint ResetPort;
    /// <summary>First of the watchdog's ports, where the guest has one; else 0.</summary>
    public uint WatchdogPort;
    public uint PortRangeCount;
    /// <summary>Ports of the devices it was given, at the numbers the board has them.</summary>
    public PortRanges Ports;
    /// <summary>First of the ports of a control guest's second UART, and its input of the I/O APIC: edge, active high; else 0.</summary>
    public uint ControlPort;
    public uint ControlGsi;

    public const int MaxPortRanges = 8;

    [InlineArray(MaxPortRanges)]
    public struct PortRanges
    {
        private PortRange _first;
    }
}

/// <summary>I/O ports one after the other.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PortRange
{
    public uint First;
    public uint Count;
}

/// <summary>A guest's watchdog. All zero where it has none.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WatchdogEntry
{
    /// <summary>Of any of the times, in milliseconds: what nobody could feed, and a day.</summary>
    public const uint Shortest = 10, Longest = 24 * 60 * 60 * 1000;

    /// <summary>Milliseconds from a feeding to the guest's end, as long as the guest does not say another time.</summary>
    public uint Timeout;
    /// <summary>Milliseconds from the pre-timeout to the end, less than either of the others; 0 for none.</summary>
    public uint PreTimeout;
    /// <summary>Milliseconds from the guest's entry to its end if it never feeds the watchdog; 0: it starts the watchdog itself.</summary>
    public uint Boot;
    public uint Reserved;
}

/// <summary>How a guest's update proves itself.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UpdatePolicy
{
    public const uint MaxTries = 100;
    public const uint LeastConfirmMilliseconds = 10, MaxConfirmMilliseconds = 24 * 60 * 60 * 1000;
    /// <summary>How often a hypervisor or table alone is tried.</summary>
    public const uint BoardTries = 3;

    /// <summary>How often the new slot may be launched before it must have been confirmed; at least 1.</summary>
    public uint Tries;
    /// <summary>The time a launch has for that.</summary>
    public uint ConfirmMilliseconds;
    public HealthSource Health;
    /// <summary>1: a new hypervisor or appliance table is not confirmed without this guest's word.</summary>
    public uint IsRequired;
}

/// <summary>What counts as a guest's word that it works. An operator's, by the update service, always does.</summary>
public enum HealthSource : uint
{
    /// <summary>A hypercall.</summary>
    Report = 0,
    /// <summary>That too, or its watchdog's first feeding.</summary>
    Watchdog = 1,
}

using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>
/// Boot/Layout.h's numbers for C#, and the way between the hypervisor's own virtual and physical addresses.
/// <para>
/// Virtual memory: the hypervisor's 2 MiB stand at VirtualBase on every CPU: constants R, text RX, everything else RW
/// with guard pages left out. The lower half is one to one with physical memory and holds what this CPU may reach:
/// the board's devices, and the RAM of the guest it serves. Page 0 is never mapped.
/// </para>
/// </summary>
internal static class HypervisorLayout
{
    public const ulong VirtualBase = 0xffff_ffff_8000_0000;
    public const ulong Size = 0x20_0000;
    public const int MaxCpus = 8;

    // Offsets in a CPU's block.
    public const ulong VcpuOffset = 0x5000;
    public const ulong CpuTablesOffset = 0x6000;
    public const ulong NmiStackTop = 0x9000;
    public const ulong MachineCheckStackTop = 0xb000;
    public const ulong FaultStackTop = 0xd000;
    public const ulong CpuBlockSize = 0xd000;

    /// <summary>In the boot tables: the hypervisor's own page directory, which all tables share.</summary>
    public const ulong BootDirectory = 0x2000;

    /// <summary>In the boot tables: the last-level table of the hypervisor's 2 MiB, which all tables share.</summary>
    public const ulong BootLastTable = 0x3000;

    public const ushort CodeSelector = 0x08;
    public const ushort DataSelector = 0x10;
    public const ushort TssSelector = 0x18;

    private static ulong _physicalBase;

    public static HostPhys PhysicalBase
    {
        get => new(_physicalBase);
        set => _physicalBase = value.Value;
    }

    public static HostPhys ToPhysical(ulong virtualAddress) => new(virtualAddress - VirtualBase + _physicalBase);

    public static ulong ToVirtual(HostPhys address) => address.Value - _physicalBase + VirtualBase;
}

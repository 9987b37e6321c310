using System;

namespace Bulkhead.Partitions;

/// <summary>What the console says of a refused appliance table.</summary>
public static class TableErrorText
{
    public static ReadOnlySpan<byte> Of(TableError error) => error switch
    {
        TableError.None => "sound"u8,
        TableError.Truncated => "fewer bytes than a table has"u8,
        TableError.BadMagic => "not an appliance table"u8,
        TableError.BadVersion => "a version this hypervisor does not know"u8,
        TableError.BadSize => "its size field is not a table's"u8,
        TableError.BadDigest => "its bytes do not match its digest"u8,
        TableError.BadName => "the appliance's or board's name is not one"u8,
        TableError.BadCpuCount => "the board's CPU count is out of bounds"u8,
        TableError.BadCpuId => "a CPU's MPIDR has bits outside its affinity"u8,
        TableError.DuplicateCpuId => "two CPUs have one MPIDR"u8,
        TableError.BadRamRangeCount => "the board's count of RAM ranges is out of bounds"u8,
        TableError.BadRamRange => "a RAM range is empty, unaligned or out of bounds"u8,
        TableError.OverlappingRam => "two RAM ranges overlap"u8,
        TableError.BadHypervisorRam => "the hypervisor's RAM is not inside the board's, or not 2 MiB aligned"u8,
        TableError.BadFlash => "the flash is empty, unaligned, or overlaps RAM"u8,
        TableError.BadBoardDevice => "the board's UART or interrupt controller is unaligned or overlaps something"u8,
        TableError.BadUartIntId => "the board's UART has no SPI"u8,
        TableError.BadGuestCount => "the guest count is out of bounds"u8,
        TableError.BadGuestName => "its name is not one"u8,
        TableError.DuplicateGuestName => "its name is taken by another guest"u8,
        TableError.BadFlags => "it has flags this hypervisor does not know"u8,
        TableError.BadVcpuCount => "its vCPU count is out of bounds"u8,
        TableError.BadCpu => "a vCPU is pinned to a CPU the board has not"u8,
        TableError.CpuTaken => "a vCPU is pinned to a CPU that another vCPU has"u8,
        TableError.BadMappingCount => "its count of mappings is out of bounds"u8,
        TableError.BadMapping => "a mapping is empty, unaligned, of unknown kind or out of bounds"u8,
        TableError.NoRam => "it has no RAM"u8,
        TableError.MappingOutsideRam => "RAM is mapped that the board has not"u8,
        TableError.MappingInHypervisorRam => "a mapping overlaps the hypervisor's RAM"u8,
        TableError.MappingOverlapsMapping => "a mapping overlaps another on the board"u8,
        TableError.DeviceInRam => "a device mapping overlaps RAM"u8,
        TableError.DeviceIsHypervisors => "a device mapping overlaps flash, the UART or the interrupt controller"u8,
        TableError.GuestOverlap => "two of its mappings overlap in the guest"u8,
        TableError.BadPlatform => "a virtual device's window is unaligned or out of bounds, or its interrupts are"u8,
        TableError.PlatformOverlap => "a virtual device's window overlaps a mapping or another window"u8,
        TableError.BadInterruptCount => "its count of interrupts is out of bounds"u8,
        TableError.BadInterrupt => "an assigned interrupt is out of bounds"u8,
        TableError.InterruptTaken => "an assigned interrupt is taken"u8,
        TableError.BadSlot => "a slot is too small, unaligned or outside the flash"u8,
        TableError.SlotOverlap => "a slot overlaps another"u8,
        _ => "unknown error"u8,
    };
}

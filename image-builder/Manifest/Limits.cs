using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>What hypervisor, appliance table and image layout can hold.</summary>
internal static class Limits
{
    public const int MaxCpus = ApplianceTable.MaxCpus;
    public const int MaxGuests = ApplianceTable.MaxGuests;
    public const int MaxRamRanges = BoardFacts.MaxRamRanges;
    public const int MaxMappings = GuestEntry.MaxMappings;
    public const int MaxGuestInterrupts = GuestEntry.MaxInterrupts;
    public const int MaxResetSteps = ApplianceTable.MaxResetSteps;

    /// <summary>FixedName: 16 bytes, the last one zero.</summary>
    public const int MaxNameLength = 15;

    /// <summary>COMMAND_LINE_SIZE of Linux on arm64 is 2048 with the closing zero.</summary>
    public const int MaxCommandLine = 2047;

    /// <summary>The largest physical address size without FEAT_LPA is 48 bits (DDI 0487 D8.1.6).</summary>
    public const ulong BoardAddressEnd = 1UL << 48;

    /// <summary>A guest's addresses: what a three-level stage 2 table without concatenated tables reaches.</summary>
    public const ulong GuestAddressEnd = 1UL << 39;

    /// <summary>A stage 2 block of level 2 with 4 KiB granule.</summary>
    public const ulong Block = 2 * Units.MiB;

    public const ulong Page = 4 * Units.KiB;

    /// <summary>IHI 0069 12.8: the distributor's register frame is 64 KiB, a GICv3 redistributor is two of them.</summary>
    public const ulong GicFrame = 64 * Units.KiB;

    public const ulong RedistributorSize = 2 * GicFrame;

    /// <summary>SPIs are INTIDs 32..1019 (IHI 0069 2.2).</summary>
    public const uint FirstSpi = 32;

    public const uint LastSpi = 1019;

    /// <summary>The flattened device tree may take this much from its address on (QEMU's virt reserves as much).</summary>
    public const ulong DeviceTreeSize = Units.MiB;

    /// <summary>Every partition of the image is aligned to this; an erase block has to divide it.</summary>
    public const ulong ImageAlignment = 256 * Units.KiB;

    /// <summary>Port numbers have 16 bits.</summary>
    public const ulong PortEnd = 1UL << 16;

    /// <summary>ACPI's MADT has 32 bits for where a guest's APICs are (ACPI 6.5, 5.2.12).</summary>
    public const ulong ApicAddressEnd = 1UL << 32;

    public const uint UartPorts = X86TableRules.UartPorts;

    public const uint DiskPorts = X86TableRules.DiskPorts;

    public const uint SleepPorts = X86TableRules.SleepPorts;

    public const uint WatchdogPorts = X86TableRules.WatchdogPorts;

    /// <summary>From the watchdog's control frame to its refresh frame: apart also where pages have 64 KiB.</summary>
    public const ulong WatchdogStride = 64 * Units.KiB;

    public const uint MaxIoApicInputs = X86TableRules.MaxIoApicInputs;

    public const int MaxPortRanges = X86Platform.MaxPortRanges;

    /// <summary>Of the ISA bus; theirs are edges, active high.</summary>
    public const uint IsaInterrupts = 16;

    public const uint GuestIoApicInputs = X86TableRules.IoApicInputs;
}

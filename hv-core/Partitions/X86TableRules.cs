namespace Bulkhead.Partitions;

/// <summary>Local APICs, one I/O APIC, a 16550, and a disk on an ATA channel.</summary>
public readonly struct X86TableRules : ITableRules
{
    /// <summary>The local APIC's registers (Intel SDM vol 3, 11.4.1), and the I/O APIC's in a page of their own.</summary>
    public const ulong ApicSize = 0x1000;
    /// <summary>The virtual I/O APIC's inputs, as many as the 82093AA has.</summary>
    public const uint IoApicInputs = 24;
    /// <summary>A version register names the last of at most 240 inputs (82093AA, 3.2.2).</summary>
    public const uint MaxIoApicInputs = 240;
    public const uint UartPorts = 8;
    public const uint DiskPorts = 8;
    /// <summary>Sleep control and sleep status (ACPI 6.5, 4.8.3.7).</summary>
    public const uint SleepPorts = 2;

    /// <summary>The watchdog's registers (Devices/PortWatchdog.cs).</summary>
    public const uint WatchdogPorts = 16;

    private const uint PortCount = 0x1_0000;

    public static CpuArchitecture Architecture => CpuArchitecture.X86_64;

    /// <summary>The lower half of the canonical addresses (SDM 1 3.3.7.1); the upper is the hypervisor's own.</summary>
    public static int HostBits => 47;

    /// <summary>An x2APIC id has 32 bits, all ones is everybody (Intel SDM vol 3, 11.12.9).</summary>
    public static bool IsCpuId(ulong id) => id < uint.MaxValue;

    static TableError ITableRules.CheckBoard(in BoardFacts board, ref TableSpace space)
    {
        ref readonly X86Board pc = ref board.X86;
        if (!space.AddDevice(new(pc.LocalApic.Value, ApicSize), ApicSize, HostBits) || !space.AddDevice(new(pc.IoApic.Value, ApicSize), ApicSize, HostBits))
            return TableError.BadBoardDevice;
        SpanSet ports = default;
        if (!AddPorts(ref ports, pc.UartPort, UartPorts) || !AddPorts(ref ports, pc.DiskPort, DiskPorts) || !AddPorts(ref ports, pc.DiskControlPort, 1))
            return TableError.BadBoardDevice;
        return IsInterrupt(pc.UartGsi) ? TableError.None : TableError.BadUartInterrupt;
    }

    public static bool HasPolarity => true;

    /// <summary>
    /// Ports that no guest can have, for with them it would reach beyond itself: both PICs; the keyboard controller and
    /// system control port A, which reset the board; PCI's configuration, which is the way to devices with DMA.
    /// </summary>
    public static bool IsForbidden(uint first, uint count)
    {
        AddressSpan ports = new(first, count);
        return ports.Overlaps(new(0x20, 2)) || ports.Overlaps(new(0xa0, 2)) || ports.Overlaps(new(0x60, 5))
            || ports.Overlaps(new(0x92, 1)) || ports.Overlaps(new(0xcf8, 8));
    }

    static TableError ITableRules.CheckPlatform(in ApplianceTable table, int index, ref TableSpace space)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        ref readonly X86Platform platform = ref guest.X86;
        AddressSpan local = new(platform.LocalApic.Value, ApicSize);
        AddressSpan io = new(platform.IoApic.Value, ApicSize);
        if (!local.IsSound(ApicSize, ApplianceTableReader.GuestBits) || !io.IsSound(ApicSize, ApplianceTableReader.GuestBits)
            || !IsGuestInterrupt(in guest, platform.UartGsi))
            return TableError.BadPlatform;
        if (guest.Watchdog.Timeout == 0 ? platform.WatchdogPort != 0 : platform.WatchdogPort % WatchdogPorts != 0)
            return TableError.BadWatchdog;
        if (guest.IsControl ? !IsGuestInterrupt(in guest, platform.ControlGsi) || platform.ControlGsi == platform.UartGsi
            : (platform.ControlPort | platform.ControlGsi) != 0)
            return TableError.BadControl;
        SpanSet ports = default;
        if (!AddPorts(ref ports, platform.UartPort, UartPorts) || !AddPorts(ref ports, platform.SleepPort, SleepPorts)
            || !AddPorts(ref ports, platform.ResetPort, 1) || !AddWatchdog(in guest, ref ports)
            || guest.IsControl && !AddPorts(ref ports, platform.ControlPort, UartPorts) || !space.Guest.Add(local) || !space.Guest.Add(io))
            return TableError.PlatformOverlap;
        return CheckPorts(in table, index, ref ports);
    }

    // A port belongs to one guest, and not to the hypervisor. `ports` are those of the guest's virtual devices.
    private static TableError CheckPorts(in ApplianceTable table, int index, ref SpanSet ports)
    {
        ref readonly X86Platform platform = ref table.Guest[index].X86;
        ref readonly X86Board board = ref table.Board.X86;
        if (platform.PortRangeCount > X86Platform.MaxPortRanges)
            return TableError.BadPorts;
        for (int i = 0; i < (int)platform.PortRangeCount; i++)
        {
            PortRange range = platform.Ports[i];
            if (range.Count - 1 >= PortCount || range.First > PortCount - range.Count || IsForbidden(range.First, range.Count))
                return TableError.BadPorts;
            AddressSpan span = new(range.First, range.Count);
            if (span.Overlaps(new(board.UartPort, UartPorts)) || span.Overlaps(new(board.DiskPort, DiskPorts))
                || span.Overlaps(new(board.DiskControlPort, 1)) || IsAssigned(in table, index, span) || !ports.Add(span))
                return TableError.PortsTaken;
        }
        return TableError.None;
    }

    private static bool IsAssigned(in ApplianceTable table, int guests, AddressSpan span)
    {
        for (int i = 0; i < guests; i++)
        {
            ref readonly X86Platform other = ref table.Guest[i].X86;
            for (int j = 0; j < (int)other.PortRangeCount; j++)
            {
                if (span.Overlaps(new(other.Ports[j].First, other.Ports[j].Count)))
                    return true;
            }
        }
        return false;
    }

    public static bool IsInterrupt(uint id) => id < MaxIoApicInputs;

    public static bool IsGuestInterrupt(in GuestEntry guest, uint id) => id < IoApicInputs;

    public static uint UartInterrupt(in BoardFacts board) => board.X86.UartGsi;

    public static bool IsVirtualInterrupt(in GuestEntry guest, uint id) => guest.X86.UartGsi == id || guest.IsControl && guest.X86.ControlGsi == id;

    private static bool AddWatchdog(in GuestEntry guest, ref SpanSet ports) =>
        guest.Watchdog.Timeout == 0 || AddPorts(ref ports, guest.X86.WatchdogPort, WatchdogPorts);

    private static bool AddPorts(ref SpanSet ports, uint first, uint count) => first < PortCount - count && ports.Add(new(first, count));
}

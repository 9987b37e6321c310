using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Host;

/// <summary>What the boot CPU sets up once for all: interrupt controllers and clocks, where ACPI says they are.</summary>
internal static class BoardHardware
{
    private const MapAttributes Device = MapAttributes.Read | MapAttributes.Write | MapAttributes.Device;

    public static void Initialize()
    {
        LegacyPic.Disable();
        HostPhys ioApic = BoardFirmware.Acpi.IoApic[0].Address;
        if (BoardFirmware.Acpi.IoApicCount == 0 || !TryMap(ioApic) || !TryMap(BoardFirmware.Acpi.LocalApic))
            HypervisorLog.Refuse("ACPI's interrupt controllers are nowhere"u8);
        IoApic.Initialize(ioApic);
        LocalApic.Choose(BoardFirmware.Acpi.LocalApic);
        LocalApic.InitializeCpu();
        if (BoardFirmware.Acpi.Hpet.Value != 0 && !TryMap(BoardFirmware.Acpi.Hpet))
            HypervisorLog.Refuse("ACPI's HPET is nowhere"u8);
        if (!ReferenceClock.Choose(in BoardFirmware.Acpi) || !HostTimer.Measure())
            HypervisorLog.Refuse("neither PM timer nor HPET counts: the TSC's speed is unknown"u8);
        WallClock.Read();
    }

    /// <summary>The console's interrupt, to this CPU.</summary>
    public static void RouteUart()
    {
        uint gsi = ApplianceTables.Board.X86.UartGsi;
        IoApic.Route(gsi, BoardFirmware.Acpi.SignalOf(gsi), LocalApic.Id, false);
    }

    /// <summary>What a CPU reaches of it later.</summary>
    public static void Map(int cpu)
    {
        HostMap.Add(cpu, BoardFirmware.Acpi.IoApic[0].Address, PagePool.PageSize, Device);
        if (!LocalApic.IsX2)
            HostMap.Add(cpu, BoardFirmware.Acpi.LocalApic, PagePool.PageSize, Device);
    }

    // A device's page, one to one.
    private static bool TryMap(HostPhys address)
    {
        if (address.Value == 0 || address.Value >= BootMemory.Size)
            return false;
        HostMap.AddFirst(new HostPhys(address.Value & ~(PagePool.PageSize - 1)), PagePool.PageSize, Device);
        return true;
    }
}

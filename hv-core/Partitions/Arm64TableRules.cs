namespace Bulkhead.Partitions;

/// <summary>GICv3, a PL011, and flash that is mapped.</summary>
public readonly struct Arm64TableRules : ITableRules
{
    /// <summary>GICD's registers (IHI 0069 12.8) and each redistributor's two frames (12.10).</summary>
    public const ulong GicdSize = 0x1_0000;
    public const ulong GicrSize = 0x2_0000;
    public const ulong UartSize = 0x1000;
    /// <summary>Each of the generic watchdog's two frames (DEN 0029 appendix on the watchdog), on a page of its own.</summary>
    public const ulong WatchdogFrameSize = 0x1000;
    /// <summary>SPIs are INTIDs 32 to 1019 (IHI 0069 2.2).</summary>
    public const uint FirstSpi = 32;
    public const uint LastSpi = 1019;

    private const int GuestBits = ApplianceTableReader.GuestBits;
    // Aff3 in 39..32, Aff2 to Aff0 in 23..0 (DDI 0487 D23.2, MPIDR_EL1).
    private const ulong AffinityMask = 0xff_00ff_ffff;

    public static CpuArchitecture Architecture => CpuArchitecture.Arm64;

    /// <summary>
    /// 128 GiB: of EL2's 39 bits (DDI 0487 D8.2.8, start level 1) the upper half is the hypervisor's own, and the quarter
    /// below it shows the image once more (arch/arm64/El2/MappedImage.cs).
    /// </summary>
    public static int HostBits => 37;

    public static bool IsCpuId(ulong id) => (id & ~AffinityMask) == 0;

    static TableError ITableRules.CheckBoard(in BoardFacts board, ref TableSpace space)
    {
        ref readonly Arm64Board arm64 = ref board.Arm64;
        AddressSpan flash = new(arm64.Flash.Value, board.ImageSize);
        if (!flash.IsSound(ApplianceTableReader.PageSize, HostBits) || space.Ram.Touches(flash))
            return TableError.BadFlash;
        space.Hypervisors.Add(flash);

        if (arm64.GicrStride < GicrSize || arm64.GicrStride > 1ul << 32)
            return TableError.BadBoardDevice;
        if (!space.AddDevice(new(arm64.Gicd.Value, GicdSize), GicdSize, HostBits)
            || !space.AddDevice(new(arm64.Gicr.Value, arm64.GicrStride * board.CpuCount), GicdSize, HostBits)
            || !space.AddDevice(new(arm64.Uart.Value, UartSize), UartSize, HostBits))
            return TableError.BadBoardDevice;
        return IsInterrupt(arm64.UartIntId) && arm64.Reserved == 0 ? TableError.None : TableError.BadUartInterrupt;
    }

    public static bool HasPolarity => false;

    static TableError ITableRules.CheckPlatform(in ApplianceTable table, int index, ref TableSpace space)
    {
        ref readonly GuestEntry guest = ref table.Guest[index];
        ref readonly Arm64Platform platform = ref guest.Arm64;
        AddressSpan gicd = new(platform.Gicd.Value, GicdSize);
        AddressSpan gicr = new(platform.Gicr.Value, GicrSize * guest.VcpuCount);
        AddressSpan uart = new(platform.Uart.Value, UartSize);
        if (!gicd.IsSound(GicdSize, GuestBits) || !gicr.IsSound(GicdSize, GuestBits) || !uart.IsSound(UartSize, GuestBits))
            return TableError.BadPlatform;
        if (platform.IntIdCount < 64 || platform.IntIdCount > 1024 || platform.IntIdCount % 32 != 0
            || !IsGuestInterrupt(in guest, platform.UartIntId))
            return TableError.BadPlatform;
        if (!space.Guest.Add(gicd) || !space.Guest.Add(gicr) || !space.Guest.Add(uart))
            return TableError.PlatformOverlap;
        TableError error = CheckWatchdog(in guest, ref space);
        return error == TableError.None ? CheckControl(in guest, ref space) : error;
    }

    private static TableError CheckWatchdog(in GuestEntry guest, ref TableSpace space)
    {
        ref readonly Arm64Platform platform = ref guest.Arm64;
        AddressSpan control = new(platform.WatchdogControl.Value, WatchdogFrameSize);
        AddressSpan refresh = new(platform.WatchdogRefresh.Value, WatchdogFrameSize);
        if (guest.Watchdog.Timeout == 0)
            return (control.Start | refresh.Start | platform.WatchdogIntId) == 0 ? TableError.None : TableError.BadWatchdog;
        if (!control.IsSound(WatchdogFrameSize, GuestBits) || !refresh.IsSound(WatchdogFrameSize, GuestBits)
            || !IsGuestInterrupt(in guest, platform.WatchdogIntId) || platform.WatchdogIntId == platform.UartIntId)
            return TableError.BadWatchdog;
        return space.Guest.Add(control) && space.Guest.Add(refresh) ? TableError.None : TableError.PlatformOverlap;
    }

    private static TableError CheckControl(in GuestEntry guest, ref TableSpace space)
    {
        ref readonly Arm64Platform platform = ref guest.Arm64;
        AddressSpan uart = new(platform.ControlUart.Value, UartSize);
        if (!guest.IsControl)
            return (uart.Start | platform.ControlIntId) == 0 ? TableError.None : TableError.BadControl;
        if (!uart.IsSound(UartSize, GuestBits) || !IsGuestInterrupt(in guest, platform.ControlIntId) || platform.ControlIntId == platform.UartIntId
            || guest.Watchdog.Timeout != 0 && platform.ControlIntId == platform.WatchdogIntId)
            return TableError.BadControl;
        return space.Guest.Add(uart) ? TableError.None : TableError.PlatformOverlap;
    }

    public static bool IsInterrupt(uint id) => id is >= FirstSpi and <= LastSpi;

    public static bool IsGuestInterrupt(in GuestEntry guest, uint id) => IsInterrupt(id) && id < guest.Arm64.IntIdCount;

    public static uint UartInterrupt(in BoardFacts board) => board.Arm64.UartIntId;

    public static bool IsVirtualInterrupt(in GuestEntry guest, uint id) =>
        guest.Arm64.UartIntId == id || guest.Watchdog.Timeout != 0 && guest.Arm64.WatchdogIntId == id || guest.IsControl && guest.Arm64.ControlIntId == id;
}

namespace Bulkhead.Guests.Probe;

/// <summary>
/// One life of many: looks for anything that a former one could have left, then leaves all it can, and ends. What it
/// wrote to its RAM is gone, so every life is the first as far as it knows.
/// </summary>
internal static unsafe class Lives
{
    private const uint FirstSpi = 40, Spi = 45;
    private const ulong Soil = 0xa5a5_5a5a_c3c3_3c3c;

    private static bool s_quietGic, s_quietTimers;
    private static ulong s_registers;

    /// <summary>Before anything is set up: registers, timers, interrupt controller.</summary>
    public static void Look()
    {
        s_registers = Instructions.ReadLeftovers();
        s_quietTimers = (Timer.ReadCntvCtl() & Timer.Enable) == 0 && (Timer.ReadCntpCtl() & Timer.Enable) == 0;
        ulong seen = Device.Read32(Platform.Gicd) & 3;
        for (uint bank = 0; bank * 32 <= Gic.LastSpi; bank++)
            seen |= StatesOf(Platform.Gicd + bank * 4);
        seen |= StatesOf(Platform.Gicr + 0x1_0000) | StatesOf(Platform.Gicr + 0x3_0000);
        s_quietGic = seen == 0;
    }

    // GICD_IGROUPR, ISENABLER, ISPENDR, ISACTIVER, or GICR's (IHI 0069 12.9, 12.11). Without ARE there are no others.
    private static ulong StatesOf(ulong frame) =>
        Device.Read32(frame + 0x80) | Device.Read32(frame + 0x100) | Device.Read32(frame + 0x200) | Device.Read32(frame + 0x300);

    public static void Run()
    {
        Check.That("lives registers"u8, s_registers == 0);
        Check.That("lives timers"u8, s_quietTimers);
        Check.That("lives interrupt controller"u8, s_quietGic);
        Check.That("lives watchdog"u8, !Watchdog.IsRunning);
        Check.Equal("lives vcpu 1 is off"u8, 1, Psci.Call(Psci.AffinityInfo64, 1));
        Check.Equal("lives memory"u8, 0, Touched());
        // Everything is listened to, and nothing has a reason to come.
        for (uint spi = FirstSpi; spi <= Gic.LastSpi; spi++)
            Gic.Enable(spi);
        Gic.Enable(Platform.UartIntid);
        Gic.Enable(Timer.VirtualIntid);
        Gic.Enable(Timer.PhysicalIntid);
        EventLog.Clear();
        Interrupts.Settle();
        Check.Equal("lives silence"u8, 0, (uint)EventLog.Entries);
    }

    /// <summary>After the last line: everything armed, then the end.</summary>
    public static void End()
    {
        Cpu.MaskInterrupts();
        Psci.StartCpu(1);
        if (!Secondary.WaitForStart(1))
            return;
        Watchdog.Start(60_000, 0);
        Gic.Route(Spi + 1, 1);
        for (uint spi = FirstSpi; spi < Spi; spi++)
            Gic.SetPending(spi);
        Gic.SetActive(Spi);
        Gic.SetPending(Spi + 1);
        for (uint intid = 0; intid < 16; intid++)
            Gic.SendSgi(3, intid);
        GicCpu.Acknowledge();
        Timer.WriteCntvCval(0);
        Timer.WriteCntvCtl(Timer.Enable);
        Timer.WriteCntpCval(0);
        Timer.WriteCntpCtl(Timer.Enable);
        Console.Uart.EnableReceiveInterrupt();
        for (ulong at = Start; at < Platform.RamBase + Platform.RamSize; at += 8)
            *(ulong*)at = Soil;
        // Three ends, none of which anybody chose.
        ulong end = Timer.Now / 64 % 3;
        Instructions.SoilRegisters(Soil);
        if (end == 0)
            Psci.Call(Psci.SystemReset);
        else if (end == 1)
            Psci.Call(Psci.SystemOff);
        Crash.Run();
    }

    private static ulong Start => (AddressSpace.PhysicalOf((byte*)AddressSpace.ImageEnd() - 1) + 0xfff) & ~0xffful;

    // Words of RAM, behind the image and before what the loader put at the end, that are not zero.
    private static ulong Touched()
    {
        ulong touched = 0;
        for (ulong at = Start; at < Platform.DeviceTree; at += 8)
            touched += *(ulong*)at != 0 ? 1ul : 0;
        return touched;
    }
}

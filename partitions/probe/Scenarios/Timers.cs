namespace Bulkhead.Guests.Probe;

/// <summary>Both EL1 timers: by compare value, by timer value, masked, and out of WFI.</summary>
internal static class Timers
{
    public static void Run()
    {
        Cpu.MaskInterrupts();
        Gic.Enable(Timer.VirtualIntid);
        Gic.Enable(Timer.PhysicalIntid);
        ulong millisecond = Timer.Frequency / 1000;

        EventLog.Clear();
        ulong deadline = Timer.Now + millisecond;
        Timer.WriteCntvCval(deadline);
        Timer.WriteCntvCtl(Timer.Enable);
        Check.That("virtual timer by compare value"u8, Arrived(Timer.VirtualIntid));
        Check.That("virtual timer not early"u8, Timer.Now >= deadline);

        EventLog.Clear();
        Timer.WriteCntvTval(millisecond);
        Timer.WriteCntvCtl(Timer.Enable);
        Check.That("virtual timer by timer value"u8, Arrived(Timer.VirtualIntid));

        EventLog.Clear();
        Timer.WriteCntvTval(0);
        Timer.WriteCntvCtl(Timer.Enable | Timer.InterruptMask);
        Interrupts.Settle();
        Check.Equal("virtual timer masked"u8, 0, (uint)EventLog.Entries);
        Check.That("virtual timer status"u8, (Timer.ReadCntvCtl() & Timer.Status) != 0);
        Timer.WriteCntvCtl(Timer.Enable);
        Check.That("virtual timer unmasked"u8, Arrived(Timer.VirtualIntid));

        EventLog.Clear();
        deadline = Timer.ReadCntpct() + millisecond;
        Timer.WriteCntpCval(deadline);
        Timer.WriteCntpCtl(Timer.Enable);
        Check.That("physical timer by compare value"u8, Arrived(Timer.PhysicalIntid));
        Check.That("physical timer not early"u8, Timer.ReadCntpct() >= deadline);

        EventLog.Clear();
        Timer.WriteCntpTval(millisecond);
        Check.That("physical timer value runs down"u8, (int)Timer.ReadCntpTval() <= (int)millisecond);
        Timer.WriteCntpCtl(Timer.Enable);
        Check.That("physical timer by timer value"u8, Arrived(Timer.PhysicalIntid));

        EventLog.Clear();
        Timer.WriteCntpTval(0);
        Timer.WriteCntpCtl(Timer.Enable | Timer.InterruptMask);
        Interrupts.Settle();
        Check.Equal("physical timer masked"u8, 0, (uint)EventLog.Entries);
        Check.That("physical timer status"u8, (Timer.ReadCntpCtl() & Timer.Status) != 0);
        Timer.WriteCntpCtl(Timer.Enable);
        Check.That("physical timer unmasked"u8, Arrived(Timer.PhysicalIntid));

        EventLog.Clear();
        // So far apart that an emulator whose host is busy keeps their order.
        Timer.WriteCntvTval(200 * millisecond);
        Timer.WriteCntvCtl(Timer.Enable);
        Timer.WriteCntpTval(millisecond);
        Timer.WriteCntpCtl(Timer.Enable);
        Check.That("both timers"u8, Interrupts.WaitFor(2)
            && EventLog.Entry(0) == Timer.PhysicalIntid && EventLog.Entry(1) == Timer.VirtualIntid);

        Check.That("virtual timer out of WFI"u8, WakesUp(Timer.VirtualIntid, millisecond));
        Check.That("physical timer out of WFI"u8, WakesUp(Timer.PhysicalIntid, millisecond));
    }

    private static bool Arrived(uint intid) => Interrupts.WaitFor(1) && EventLog.Entry(0) == intid;

    private static bool WakesUp(uint intid, ulong ticks)
    {
        EventLog.Clear();
        if (intid == Timer.VirtualIntid)
        {
            Timer.WriteCntvTval(ticks);
            Timer.WriteCntvCtl(Timer.Enable);
        }
        else
        {
            Timer.WriteCntpTval(ticks);
            Timer.WriteCntpCtl(Timer.Enable);
        }
        while (EventLog.Entries == 0)
            Cpu.WaitForInterrupt();
        return EventLog.Entries == 1 && EventLog.Entry(0) == intid;
    }
}

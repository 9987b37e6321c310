namespace Bulkhead.Guests.Probe;

/// <summary>The interrupt state machine of a vCPU (IHI 0069 4.1.2), as a guest sees it.</summary>
internal static class GicStates
{
    private const uint Sgi = 5, Ppi = 16, Spi = 50, EoiSgi = 9, OtherSgi = 10;

    public static void Run()
    {
        Cpu.MaskInterrupts();
        Gic.SetEdge(Ppi);
        Gic.SetEdge(Spi);
        Gic.SetPriority(Ppi, Gic.DefaultPriority);
        Gic.SetPriority(Spi, Gic.DefaultPriority);
        Gic.Route(Spi, 0);
        PendingAndActive("sgi pending"u8, "sgi taken once"u8, "sgi active in handler only"u8, Sgi);
        PendingAndActive("ppi pending"u8, "ppi taken once"u8, "ppi active in handler only"u8, Ppi);
        PendingAndActive("spi pending"u8, "spi taken once"u8, "spi active in handler only"u8, Spi);
        Disabled("ppi disabled"u8, Ppi);
        Disabled("spi disabled"u8, Spi);
        PriorityMask();
        Preemption.Run();
        DropAndDeactivate();
        ActiveBySoftware();
        Overflow.Run();
    }

    private static void PendingAndActive(System.ReadOnlySpan<byte> pending, System.ReadOnlySpan<byte> once, System.ReadOnlySpan<byte> active, uint intid)
    {
        EventLog.Clear();
        Gic.Enable(intid);
        Gic.SetPending(intid);
        Check.That(pending, Gic.IsPending(intid) && !Gic.IsActive(intid));
        Interrupts.WaitFor(1);
        Interrupts.Settle();
        Check.That(once, EventLog.Entries == 1 && EventLog.Entry(0) == intid && !Gic.IsPending(intid));
        Check.That(active, Interrupts.WasActive && !Gic.IsActive(intid));
    }

    private static void Disabled(System.ReadOnlySpan<byte> name, uint intid)
    {
        EventLog.Clear();
        Gic.Disable(intid);
        Gic.SetPending(intid);
        Interrupts.Settle();
        bool held = EventLog.Entries == 0 && Gic.IsPending(intid);
        Gic.ClearPending(intid);
        bool cleared = !Gic.IsPending(intid);
        Gic.Enable(intid);
        Interrupts.Settle();
        bool gone = EventLog.Entries == 0;
        Gic.Disable(intid);
        Gic.SetPending(intid);
        Gic.Enable(intid);
        Check.That(name, held && cleared && gone && Interrupts.WaitFor(1) && EventLog.Entry(0) == intid);
    }

    private static void PriorityMask()
    {
        EventLog.Clear();
        Gic.SetPriority(Sgi, 0x40);
        Gic.SetPriority(OtherSgi, 0xa0);
        Check.Equal("priority reads back"u8, 0x40, Gic.GetPriority(Sgi));
        GicCpu.WritePmr(0x80);
        Gic.SendSgi(1, OtherSgi);
        Gic.SendSgi(1, Sgi);
        Interrupts.WaitFor(1);
        Interrupts.Settle();
        Check.That("priority mask holds back"u8, EventLog.Entries == 1 && EventLog.Entry(0) == Sgi && Gic.IsPending(OtherSgi));
        GicCpu.WritePmr(0xff);
        Check.That("priority mask lets go"u8, Interrupts.WaitFor(2) && EventLog.Entry(1) == OtherSgi);
        Gic.SetPriority(Sgi, Gic.DefaultPriority);
    }

    private static void DropAndDeactivate()
    {
        EventLog.Clear();
        GicCpu.WriteCtlr(GicCpu.CtlrEoiMode);
        Cpu.Isb();
        Gic.SendSgi(1, EoiSgi);
        Interrupts.WaitFor(1);
        Check.That("EOImode 1 stays active"u8, Gic.IsActive(EoiSgi));
        Gic.SendSgi(1, EoiSgi);
        Interrupts.Settle();
        Check.That("active holds back its next"u8, EventLog.Entries == 1 && Gic.IsPending(EoiSgi));
        Gic.SendSgi(1, OtherSgi);
        Check.That("priority dropped for others"u8, Interrupts.WaitFor(2) && EventLog.Entry(1) == OtherSgi);
        GicCpu.Deactivate(OtherSgi);
        GicCpu.Deactivate(EoiSgi);
        Check.That("DIR lets the next come"u8, Interrupts.WaitFor(3) && EventLog.Entry(2) == EoiSgi);
        Gic.ClearActive(EoiSgi);
        Check.That("ICACTIVER deactivates"u8, !Gic.IsActive(EoiSgi) && !Gic.IsActive(OtherSgi));
        Gic.SetPending(Spi);
        Interrupts.WaitFor(4);
        bool active = Gic.IsActive(Spi);
        GicCpu.Deactivate(Spi);
        Check.That("DIR of an SPI"u8, active && EventLog.Entry(3) == Spi && !Gic.IsActive(Spi));
        GicCpu.WriteCtlr(0);
        Cpu.Isb();
    }

    private static void ActiveBySoftware()
    {
        EventLog.Clear();
        Gic.SetActive(Ppi);
        Gic.SetPending(Ppi);
        Interrupts.Settle();
        Check.That("ISACTIVER holds back"u8, EventLog.Entries == 0 && Gic.IsActive(Ppi) && Gic.IsPending(Ppi));
        Gic.ClearActive(Ppi);
        Check.That("ICACTIVER lets go"u8, Interrupts.WaitFor(1) && EventLog.Entry(0) == Ppi);
    }
}

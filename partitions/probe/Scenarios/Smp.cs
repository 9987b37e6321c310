namespace Bulkhead.Guests.Probe;

/// <summary>vCPU 1 comes up; SGIs both ways, to all others, and an SPI routed to it.</summary>
internal static class Smp
{
    private const uint Rounds = 100;
    private const uint Spi = 50;
    private const ulong AllButSelf = 1ul << 40;     // ICC_SGI1R_EL1.IRM

    public static void Run()
    {
        Cpu.MaskInterrupts();
        Check.Equal("smp cpu_on"u8, Psci.Success, Psci.StartCpu(1));
        Check.That("smp vcpu 1 runs"u8, Secondary.WaitForStart(1));
        Check.Equal("smp vcpu 1 knows itself"u8, 1, Secondary.Index);

        EventLog.Clear();
        uint before = Interrupts.SecondaryInterrupts, answered = 0;
        for (uint round = 0; round < Rounds; round++)
        {
            EventLog.Clear();
            Gic.SendSgi(2, Interrupts.Ping);
            if (!Interrupts.WaitFor(1) || EventLog.Entry(0) != Interrupts.Reply)
                break;
            answered++;
        }
        Check.Equal("smp pings answered"u8, Rounds, answered);
        Check.Equal("smp pings taken once"u8, Rounds, Interrupts.SecondaryInterrupts - before);

        before = Interrupts.SecondaryInterrupts;
        EventLog.Clear();
        GicCpu.WriteSgi1r(AllButSelf | (ulong)Interrupts.Stranger << 24);
        Check.That("smp sgi to all others"u8, WaitForSecondary(before + 1, Interrupts.Stranger));
        Interrupts.Settle();
        Check.Equal("smp not to self"u8, 0, (uint)EventLog.Entries);

        before = Interrupts.SecondaryInterrupts;
        Gic.SetEdge(Spi);
        Gic.SetPriority(Spi, Gic.DefaultPriority);
        Gic.Route(Spi, 1);
        Gic.Enable(Spi);
        Gic.SetPending(Spi);
        Check.That("smp spi routed"u8, WaitForSecondary(before + 1, Spi));
        Gic.Route(Spi, 0);
        Gic.SetPending(Spi);
        Check.That("smp spi routed back"u8, Interrupts.WaitFor(1) && EventLog.Entry(0) == Spi);
        Gic.Disable(Spi);
    }

    private static bool WaitForSecondary(uint interrupts, uint last)
    {
        ulong end = Timer.Now + Timer.Frequency / 1000 * Interrupts.PatienceMilliseconds;
        while (Interrupts.SecondaryInterrupts < interrupts && Timer.Now < end)
            Cpu.Yield();
        return Interrupts.SecondaryInterrupts == interrupts && Interrupts.SecondaryLast == last;
    }
}

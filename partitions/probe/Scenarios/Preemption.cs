namespace Bulkhead.Guests.Probe;

/// <summary>An open handler is interrupted by a higher priority, not by an equal or lower one (IHI 0069 4.8.5).</summary>
internal static class Preemption
{
    private const uint Low = 5, High = 6, Lower = 7, Equal = 8;

    public static void Run()
    {
        Gic.SetPriority(Low, 0xa0);
        Gic.SetPriority(High, 0x40);
        Gic.SetPriority(Lower, 0xc0);
        Gic.SetPriority(Equal, 0xa0);
        EventLog.Clear();
        Interrupts.NestingIntid = Low;
        Gic.SendSgi(1, Low);
        Interrupts.WaitFor(4);
        Interrupts.NestingIntid = 0;
        Check.That("higher priority preempts"u8, EventLog.At(0) == Low && EventLog.At(1) == High
            && EventLog.At(2) == (High | EventLog.Leave) && EventLog.At(3) == (Low | EventLog.Leave));
        Check.That("equal and lower wait in order"u8, EventLog.Entries == 4 && EventLog.Entry(2) == Equal && EventLog.Entry(3) == Lower);
        Check.Equal("running priority"u8, 0xc0, Interrupts.RunningPriority);
        Check.Equal("idle priority"u8, 0xff, GicCpu.ReadRpr());
    }

    /// <summary>In Low's handler.</summary>
    public static void InsideHandler()
    {
        Gic.SendSgi(1, Lower);
        Gic.SendSgi(1, Equal);
        Gic.SendSgi(1, High);
        Cpu.UnmaskInterrupts();
        Interrupts.Delay(5);
        Cpu.MaskInterrupts();
    }
}

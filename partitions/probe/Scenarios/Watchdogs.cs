namespace Bulkhead.Guests.Probe;

/// <summary>The watchdog by hypercall: fed and not fed.</summary>
internal static class Watchdogs
{
    private const uint Timeout = 2000, PreTimeout = 500;

    /// <summary>In its first life it starts the watchdog and hangs with interrupts off; the second one knows.</summary>
    public static void Hang()
    {
        Cpu.MaskInterrupts();
        Check.That("a watchdog"u8, Watchdog.IsThere);
        if (Watchdog.EndedLastLife)
        {
            Check.Equal("fed"u8, 0, Watchdog.Feed());
            Check.That("the last life is forgotten"u8, !Watchdog.EndedLastLife);
            return;
        }
        Check.That("off at first"u8, !Watchdog.IsRunning);
        Check.Equal("started"u8, 0, Watchdog.Start(Timeout / 2, PreTimeout));
        Silence();
    }

    /// <summary>Never as much as asks for it.</summary>
    public static void Silence()
    {
        Console.WriteLine("probe: hangs with interrupts off"u8);
        Cpu.MaskInterrupts();
        while (true)
        {
        }
    }

    /// <summary>Fed whenever half of its time has gone, for longer than it would wait; counted by itself, so no clock can be too slow.</summary>
    public static void Feed()
    {
        Check.That("runs from the start"u8, Watchdog.IsRunning);
        Check.Equal("started with other times"u8, 0, Watchdog.Start(Timeout, PreTimeout));
        for (int round = 0; round < 3; round++)
        {
            while (Watchdog.MillisecondsLeft > Timeout / 2)
                Cpu.Yield();
            Check.Equal("fed"u8, 0, Watchdog.Feed());
        }
        Check.Equal("times nobody could keep"u8, Hypervisor.InvalidParameters, Watchdog.Start(5, 0));
        Check.That("still running"u8, Watchdog.IsRunning && !Watchdog.IsLate);
        Check.Equal("stopped"u8, 0, Watchdog.Stop());
        Check.That("off"u8, !Watchdog.IsRunning);
    }
}

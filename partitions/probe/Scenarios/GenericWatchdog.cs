namespace Bulkhead.Guests.Probe;

/// <summary>Arm's generic watchdog, where a guest of ours has it by default: WS0 is an interrupt, and a refresh ends it.</summary>
internal static class GenericWatchdog
{
    public const uint Intid = 47;
    private const ulong Control = 0x090c_0000, RefreshFrame = 0x090d_0000;
    private const ulong Wcs = Control, Wor = Control + 8, Wcv = Control + 0x10, Identity = 0xfcc;
    private const uint Enabled = 1, Ws0 = 2;

    private static uint s_status;

    /// <summary>In the handler: what WCS says, and the level goes.</summary>
    public static void Refresh()
    {
        s_status = Device.Read32(Wcs);
        Device.Write32(RefreshFrame, 0);
    }

    public static void Run()
    {
        Cpu.MaskInterrupts();
        AddressSpace.MapDevice(Control);
        Check.Equal("revision"u8, 1, Device.Read32(Control + Identity) >> 16 & 15);
        Check.Equal("revision, refresh frame"u8, 1, Device.Read32(RefreshFrame + Identity) >> 16 & 15);
        Check.Equal("off at first"u8, 0, Device.Read32(Wcs));
        ulong second = Timer.Frequency;
        Device.Write64(Wor, 3 * second);
        Check.Equal("offset"u8, 3 * second, Device.Read64(Wor));
        Gic.Enable(Intid);
        EventLog.Clear();
        Device.Write32(Wcs, Enabled);
        ulong compare = Device.Read64(Wcv);
        Check.That("compare value lies ahead"u8, compare > Timer.Now && compare - Timer.Now <= 3 * second);
        // The first stage's end now, and the second's in three seconds: the refresh comes before it.
        Device.Write64(Wcv, Timer.Now);
        Check.That("WS0"u8, Interrupts.WaitFor(1) && EventLog.Entry(0) == Intid);
        Check.Equal("status in the handler"u8, Enabled | Ws0, s_status);
        Check.Equal("status after it"u8, Enabled, Device.Read32(Wcs));
        Check.Equal("one interrupt"u8, 1, (ulong)EventLog.Entries);
        Device.Write32(Wcs, 0);
        Check.Equal("off"u8, 0, Device.Read32(Wcs));
    }
}

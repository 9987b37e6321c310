namespace Bulkhead.Guests.Probe;

/// <summary>One life of many of a guest that has the board's PL031 (DDI 0224, chapter 3): finds it at rest, leaves its alarm going off, and crashes.</summary>
internal static class Devices
{
    private const ulong Rtc = 0x0901_0000, Data = Rtc, Match = Rtc + 0x4, Mask = Rtc + 0x10, RawStatus = Rtc + 0x14;

    public static void Run()
    {
        Check.Equal("devices alarm"u8, 0, Device.Read32(Match));
        Check.Equal("devices interrupt mask"u8, 0, Device.Read32(Mask));
        Check.Equal("devices pending"u8, 0, Device.Read32(RawStatus));
    }

    public static void End()
    {
        Device.Write32(Mask, 1);
        Device.Write32(Match, Device.Read32(Data));
        Crash.Run();
    }
}

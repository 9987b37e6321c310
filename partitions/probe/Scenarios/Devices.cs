namespace Bulkhead.Guests.Probe;

/// <summary>
/// One life of many of a guest that has the board's PL061 (DDI 0190, chapter 3) and PL031 (DDI 0224, chapter 3): finds
/// them at rest, leaves them anything but, and crashes.
/// </summary>
internal static class Devices
{
    private const ulong Gpio = 0x0903_0000, GpioDirection = Gpio + 0x400, GpioSense = Gpio + 0x404, GpioEvent = Gpio + 0x40c,
        GpioMask = Gpio + 0x410, GpioRawStatus = Gpio + 0x414, GpioAllData = Gpio + 0x3fc;
    private const ulong Rtc = 0x0901_0000, RtcMatch = Rtc + 0x4, RtcMask = Rtc + 0x10, RtcRawStatus = Rtc + 0x14;
    private const uint All = 0xff;

    public static void Run()
    {
        Check.Equal("devices directions"u8, 0, Device.Read32(GpioDirection));
        Check.Equal("devices triggers"u8, 0, Device.Read32(GpioSense) | Device.Read32(GpioEvent));
        Check.Equal("devices interrupt masks"u8, 0, Device.Read32(GpioMask) | Device.Read32(RtcMask));
        Check.Equal("devices pending"u8, 0, Device.Read32(GpioRawStatus) | Device.Read32(RtcRawStatus));
        Check.Equal("devices alarm"u8, 0, Device.Read32(RtcMatch));
    }

    /// <summary>Outputs that are high, and ask for an interrupt as long as they are; an alarm, and its interrupt.</summary>
    public static void End()
    {
        Device.Write32(GpioDirection, All);
        Device.Write32(GpioAllData, All);
        Device.Write32(GpioSense, All);
        Device.Write32(GpioEvent, All);
        Device.Write32(GpioMask, All);
        Device.Write32(RtcMatch, uint.MaxValue);
        Device.Write32(RtcMask, 1);
        Crash.Run();
    }
}

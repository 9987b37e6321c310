namespace Bulkhead.Guests.Probe;

/// <summary>
/// The devices of boards/qemu-q35 as a guest has them that was given them: by ports and an edge, the clock and COM2; by
/// registers in memory and a level, the HPET.
/// </summary>
internal static class Assigned
{
    private const uint ClockGsi = 8, Com2Gsi = 3, HpetGsi = 20;
    private const uint ClockVector = 0x61, Com2Vector = 0x62, HpetVector = 0x63;

    // MC146818: register B has the periodic interrupt's enable, A its rate, C what asked and, by its reading, no longer does.
    private const uint ClockIndex = 0x70, ClockData = 0x71;
    private const byte RegisterA = 0xa, RegisterB = 0xb, RegisterC = 0xc, PeriodicEnable = 1 << 6, RateMask = 0xf, Rate256Hz = 8;

    private const uint Com2 = 0x2f8;
    private const uint InterruptEnable = 1, InterruptIdentity = 2, ModemControl = 4;
    private const byte TransmitterEmpty = 2, Out2 = 1 << 3;

    // IA-PC HPET 1.0a, 2.3: capabilities, configuration, status, main counter, timer 0.
    private const ulong Hpet = 0xfed0_0000;
    private const ulong Capabilities = 0, Configuration = 0x10, Status = 0x20, Counter = 0xf0, Timer0 = 0x100, Comparator0 = 0x108;
    private const uint Enable = 1, TimerLevel = 1 << 1, TimerEnable = 1 << 2, Timer32Bits = 1 << 8;
    private const int TimerRoute = 9;

    // Interrupts that leave the level's cause alone.
    private static uint s_patience;

    /// <summary>In the handler: what makes the device ask no longer.</summary>
    public static void Serve(uint vector)
    {
        if (vector == ClockVector)
            ReadClock(RegisterC);
        else if (vector == Com2Vector)
            Device.In8(Com2 + InterruptIdentity);
        else if (vector == HpetVector && s_patience-- == 0)
            Device.Write32(Hpet + Status, 1);
    }

    public static void Clock()
    {
        byte seconds = ReadClock(0), day = ReadClock(7);
        Check.That("the clock's date"u8, seconds <= 0x59 && day is >= 1 and <= 0x31);
        byte rate = ReadClock(RegisterA), control = ReadClock(RegisterB);
        WriteClock(RegisterA, (byte)(rate & ~RateMask | Rate256Hz));
        ReadClock(RegisterC);
        Interrupts.Clear();
        IoApic.Route(ClockGsi, ClockVector);
        WriteClock(RegisterB, (byte)(control | PeriodicEnable));
        // One edge after the other comes through, each when the one before was served.
        Check.That("the clock's interrupts"u8, Interrupts.Collect(20) >= 20 && Interrupts.Vector == ClockVector);
        IoApic.Route(ClockGsi, IoApic.Masked);
        WriteClock(RegisterB, control);
        WriteClock(RegisterA, rate);
        ReadClock(RegisterC);
        // The last one may wait in the local APIC already.
        Interrupts.Collect(0);
        Interrupts.Clear();
        Check.Equal("none of them masked"u8, 0, Interrupts.Collect(0));
    }

    public static void SecondPort()
    {
        Interrupts.Clear();
        IoApic.Route(Com2Gsi, Com2Vector);
        Device.Out8(Com2 + ModemControl, Out2);
        for (uint round = 1; round <= 3; round++)
        {
            // It says at once that it is empty, each time the interrupt is enabled.
            Device.Out8(Com2 + InterruptEnable, TransmitterEmpty);
            Check.Equal("COM2's interrupt"u8, round, Interrupts.Collect(round));
            Device.Out8(Com2 + InterruptEnable, 0);
        }
        IoApic.Route(Com2Gsi, IoApic.Masked);
    }

    // Of QEMU's 100 MHz: nothing comes between the reading of the counter and the comparator's writing.
    private const uint TenMilliseconds = 1_000_000;

    public static void EventTimer()
    {
        Check.That("the HPET's maker"u8, Device.Read32(Hpet + Capabilities) >> 16 == 0x8086);
        Device.Write32(Hpet + Configuration, Enable);
        uint before = Device.Read32(Hpet + Counter);
        Interrupts.Collect(0);
        Check.That("it counts"u8, Device.Read32(Hpet + Counter) != before);
        Device.Write32(Hpet + Timer0, TimerLevel | TimerEnable | Timer32Bits | HpetGsi << TimerRoute);
        IoApic.Route(HpetGsi, IoApic.Level | HpetVector);
        for (uint patience = 0; patience < 3; patience++)
        {
            // While it asks, each end of its interrupt brings the next one.
            Interrupts.Clear();
            s_patience = patience;
            Device.Write32(Hpet + Comparator0, Device.Read32(Hpet + Counter) + TenMilliseconds);
            Check.Equal("a level's interrupts"u8, patience + 1, Interrupts.Collect(patience + 1));
        }
        Device.Write32(Hpet + Timer0, 0);
        IoApic.Route(HpetGsi, IoApic.Masked);
        Device.Write32(Hpet + Configuration, 0);
    }

    private static byte ReadClock(byte register)
    {
        Device.Out8(ClockIndex, register);
        return Device.In8(ClockData);
    }

    private static void WriteClock(byte register, byte value)
    {
        Device.Out8(ClockIndex, register);
        Device.Out8(ClockData, value);
    }
}

namespace Bulkhead.Devices;

/// <summary>A PC's real-time clock (Motorola MC146818A), read once at boot. Its century is ours.</summary>
public static class PhysicalRtc<TPorts> where TPorts : struct, IPortIo
{
    private const ushort IndexPort = 0x70, DataPort = 0x71;
    private const uint Seconds = 0, Minutes = 2, Hours = 4, Day = 7, Month = 8, Year = 9, RegisterA = 10, RegisterB = 11;
    private const uint UpdateInProgress = 0x80, Binary = 4, TwentyFourHours = 2, Afternoon = 0x80;
    private const uint Century = 2000;
    // An update takes 2 ms at most, of some million port accesses a second.
    private const int Patience = 100_000;

    /// <summary>False where there is none, or none that ever has a time to read.</summary>
    public static bool TryRead(out RtcTime time)
    {
        time = default;
        if (Read(RegisterA) == 0xff)
            return false;
        for (int patience = Patience; patience > 0; patience--)
        {
            if ((Read(RegisterA) & UpdateInProgress) != 0)
                continue;
            RtcTime first = ReadTime();
            // Twice the same: no update came between the registers.
            RtcTime second = ReadTime();
            if (first.Second != second.Second || first.UnixSeconds != second.UnixSeconds)
                continue;
            time = first;
            return time.IsSound;
        }
        return false;
    }

    private static RtcTime ReadTime()
    {
        uint mode = Read(RegisterB);
        uint hours = Read(Hours);
        uint hour = Number(hours & ~Afternoon, mode);
        // Twelve comes before one, in the morning and after noon.
        if ((mode & TwentyFourHours) == 0)
            hour = hour % 12 + ((hours & Afternoon) != 0 ? 12u : 0u);
        return new RtcTime(Century + Number(Read(Year), mode), Number(Read(Month), mode), Number(Read(Day), mode),
            hour, Number(Read(Minutes), mode), Number(Read(Seconds), mode));
    }

    private static uint Number(uint value, uint mode) => (mode & Binary) != 0 ? value : (value >> 4) * 10 + (value & 15);

    private static uint Read(uint register)
    {
        TPorts.Out8(IndexPort, (byte)register);
        return TPorts.In8(DataPort);
    }
}

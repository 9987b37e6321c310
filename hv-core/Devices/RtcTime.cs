namespace Bulkhead.Devices;

/// <summary>A moment by the calendar, UTC.</summary>
public readonly struct RtcTime(uint year, uint month, uint day, uint hour, uint minute, uint second)
{
    public readonly uint Year = year, Month = month, Day = day, Hour = hour, Minute = minute, Second = second;

    public bool IsSound => Year is >= 1970 and < 2100 && Month is >= 1 and <= 12 && Day is >= 1 and <= 31 && Hour < 24 && Minute < 60 && Second < 60;

    /// <summary>Seconds since 1970, of a sound one before 2100.</summary>
    public ulong UnixSeconds
    {
        get
        {
            // March first, so that the leap day is a year's last; 153 days in every five months from then on.
            uint months = (Month + 9) % 12;
            uint years = Year - (Month <= 2 ? 1u : 0u);
            // Every fourth year is a leap year from 1901 to 2099. Days from 1 March 1968.
            uint days = (years - 1968) * 1461 / 4 + (months * 153 + 2) / 5 + Day - 1;
            return ((ulong)(days - 671) * 24 + Hour) * 3600 + Minute * 60 + Second;
        }
    }
}

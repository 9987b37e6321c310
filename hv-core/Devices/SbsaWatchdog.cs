namespace Bulkhead.Devices;

/// <summary>
/// Arm's generic watchdog, revision 1, as guests know it (Base System Architecture, DEN 0094, "Watchdog"; before that
/// DEN 0029): both stages have the length of the offset register. WS0, the first stage's end, is an interrupt; WS1 ends
/// the guest. Times are the system counter's as the guest sees it.
/// </summary>
public static class SbsaWatchdog
{
    /// <summary>Refresh frame.</summary>
    public const uint WRR = 0x000;
    /// <summary>Control frame.</summary>
    public const uint WCS = 0x000, WOR = 0x008, WORU = 0x00c, WCV = 0x010, WCVU = 0x014;
    /// <summary>Both.</summary>
    public const uint W_IIDR = 0xfcc;

    public const uint EN = 1, WS0 = 2, WS1 = 4;

    // Architecture revision 1 in bits 19:16, whose offset register has 48 bits; no product, no implementer.
    private const uint Identity = 1 << 16;

    /// <param name="watchdog">Whose lock is held.</param>
    /// <param name="offset">In the control frame.</param>
    /// <param name="size">What is no register of that size reads as zero.</param>
    /// <param name="counterOffset">What the guest's counter is behind the clock.</param>
    public static ulong ReadControl(in Watchdog watchdog, uint offset, AccessSize size, ulong counterOffset)
    {
        ulong compare = watchdog.Deadline - counterOffset;
        if (size == AccessSize.DoubleWord)
            return offset == WOR ? watchdog.First : offset == WCV ? compare : 0;
        if (size != AccessSize.Word)
            return 0;
        switch (offset)
        {
            case WCS:
                return Status(in watchdog);
            case WOR:
                return (uint)watchdog.First;
            case WORU:
                return watchdog.First >> 32;
            case WCV:
                return (uint)compare;
            case WCVU:
                return compare >> 32;
            default:
                return ReadRefresh(offset);
        }
    }

    public static uint ReadRefresh(uint offset) => offset == W_IIDR ? Identity : 0;

    /// <summary>A store to the control frame; what is no register of that size ignores it.</summary>
    public static void WriteControl(ref Watchdog watchdog, uint offset, AccessSize size, ulong value, ulong now, ulong counterOffset)
    {
        if (size == AccessSize.DoubleWord)
        {
            if (offset == WOR)
                SetOffset(ref watchdog, value & Watchdog.LongestStage, now);
            else if (offset == WCV)
                watchdog.SetDeadline(value + counterOffset);
            return;
        }
        if (size != AccessSize.Word)
            return;
        ulong compare = watchdog.Deadline - counterOffset;
        switch (offset)
        {
            case WCS:
                if ((value & EN) != 0)
                    watchdog.Start(now);
                else
                    watchdog.Stop(now);
                return;
            case WOR:
                SetOffset(ref watchdog, watchdog.First >> 32 << 32 | (uint)value, now);
                return;
            case WORU:
                SetOffset(ref watchdog, (ulong)(ushort)value << 32 | (uint)watchdog.First, now);
                return;
            case WCV:
                watchdog.SetDeadline((compare >> 32 << 32 | (uint)value) + counterOffset);
                return;
            case WCVU:
                watchdog.SetDeadline((value << 32 | (uint)compare) + counterOffset);
                return;
            default:
                return;
        }
    }

    public static void WriteRefresh(ref Watchdog watchdog, uint offset, ulong now)
    {
        if (offset == WRR)
            watchdog.Feed(now);
    }

    private static uint Status(in Watchdog watchdog) => watchdog.State switch
    {
        WatchdogState.Counting => EN | Before(in watchdog),
        WatchdogState.Late => EN | WS0 | Before(in watchdog),
        WatchdogState.Expired => EN | WS0 | WS1,
        _ => Before(in watchdog),
    };

    // A watchdog's reset leaves WS1 to be found by who starts next.
    private static uint Before(in Watchdog watchdog) => watchdog.EndedBefore ? WS1 : 0;

    // A write of the offset is an explicit refresh.
    private static void SetOffset(ref Watchdog watchdog, ulong offset, ulong now)
    {
        watchdog.SetStages(offset, offset);
        watchdog.Feed(now);
    }
}

using Bulkhead.Devices;

namespace Bulkhead.X86.Host;

/// <summary>The time of day: the board's real-time clock once at boot, and the TSC from there.</summary>
internal static class WallClock
{
    private static ulong _seconds, _stamp;

    /// <summary>On the boot CPU. A board without a clock begins in 1970.</summary>
    public static void Read()
    {
        if (PhysicalRtc<PortIo>.TryRead(out RtcTime time))
            _seconds = time.UnixSeconds;
        _stamp = Register.ReadTsc();
    }

    /// <summary>Seconds since 1970, UTC, when the TSC reads <paramref name="stamp"/>, and nanoseconds beyond.</summary>
    public static ulong At(ulong stamp, out uint nanoseconds)
    {
        ulong ticks = stamp - _stamp;
        nanoseconds = (uint)(ticks % TscClock.Hertz * 1_000_000_000 / TscClock.Hertz);
        return _seconds + ticks / TscClock.Hertz;
    }
}

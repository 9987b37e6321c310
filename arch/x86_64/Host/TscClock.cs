using System.Threading;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>The time stamp counter, which all CPUs share.</summary>
internal static class TscClock
{
    public static ulong Hertz { get; private set; }

    /// <summary>False when the reference does not count.</summary>
    public static bool Measure()
    {
        Pair pair = default;
        Hertz = FrequencyMeasurement.Measure(ref pair, ReferenceClock.Hertz, ReferenceClock.Mask);
        return Hertz != 0;
    }

    public static ulong Now() => Register.ReadTsc();

    public static ulong FromMicroseconds(ulong microseconds) => Hertz * microseconds / 1_000_000;

    public static void Wait(ulong microseconds)
    {
        ulong end = Now() + FromMicroseconds(microseconds);
        while ((long)(Now() - end) < 0)
            Thread.SpinWait(1);
    }

    private readonly struct Pair : ICounterPair
    {
        public ulong ReadCounter() => Register.ReadTsc();
        public uint ReadReference() => ReferenceClock.Read();
    }
}

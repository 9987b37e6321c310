namespace Bulkhead.Guests;

/// <summary>The guest's watchdog by hypercall (docs/abi.md).</summary>
internal static class Watchdog
{
    private const uint StartCall = 0xc600_0015, FeedCall = 0xc600_0016, StopCall = 0xc600_0017, StatusCall = 0xc600_0018;
    private const ulong Feature = 2;

    public static bool IsThere => (Hypervisor.Call(Hypervisor.OwnFeatures, 0, 0) & Feature) != 0;

    /// <param name="timeout">Milliseconds from a feeding to the end; with the other 0 too, the manifest's.</param>
    /// <param name="preTimeout">Milliseconds from the pre-timeout to the end.</param>
    public static ulong Start(ulong timeout, ulong preTimeout) => Hypervisor.Call(StartCall, timeout, preTimeout);

    public static ulong Feed() => Hypervisor.Call(FeedCall, 0, 0);

    public static ulong Stop() => Hypervisor.Call(StopCall, 0, 0);

    private static ulong Status => Hypervisor.Call(StatusCall, 0, 0);

    public static uint MillisecondsLeft => (uint)Status;

    public static bool IsRunning => (Status >> 32 & 1) != 0;

    public static bool IsLate => (Status >> 33 & 1) != 0;

    /// <summary>It ended the guest's last life.</summary>
    public static bool EndedLastLife => (Status >> 34 & 1) != 0;
}

using Bulkhead.Partitions;

namespace Bulkhead.Lifecycle;

/// <summary>What a policy makes of each reason to stop.</summary>
public static class RestartReason
{
    /// <summary>The bit that a policy restarts by; none for an end that no policy decides on.</summary>
    public static RestartReasons Of(StopReason reason) => reason switch
    {
        StopReason.SystemOff => RestartReasons.Off,
        StopReason.SystemReset => RestartReasons.Reset,
        StopReason.Watchdog => RestartReasons.Watchdog,
        // The same bytes would be refused again; whoever asked says what follows; an update's end is not a policy's.
        StopReason.PackageRefused or StopReason.Requested or StopReason.Unconfirmed => RestartReasons.None,
        _ => RestartReasons.Crash,
    };
}

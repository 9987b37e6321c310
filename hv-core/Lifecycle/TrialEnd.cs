using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>Why an update goes back because of its guest.</summary>
internal static class TrialEnd
{
    /// <summary>As the guest ended last; when it has run out of tries without one since the board's start, that is the reason.</summary>
    public static BackReason Of(in PartitionCore partition) => (StopReason)partition.Reason switch
    {
        StopReason.PackageRefused => BackReason.Package,
        _ when partition.Starts == 0 => BackReason.Tries,
        StopReason.Requested => BackReason.Tries,
        StopReason.SystemOff => BackReason.Off,
        StopReason.SystemReset => BackReason.Reset,
        StopReason.Watchdog => BackReason.Watchdog,
        StopReason.Unconfirmed => BackReason.Unconfirmed,
        _ => BackReason.Crash,
    };
}

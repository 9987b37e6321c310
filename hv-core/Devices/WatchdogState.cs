namespace Bulkhead.Devices;

/// <summary>How far a guest's watchdog has come.</summary>
public enum WatchdogState
{
    Off,
    /// <summary>In its first stage.</summary>
    Counting,
    /// <summary>Not fed in the first stage: the pre-timeout has passed, the second stage runs.</summary>
    Late,
    /// <summary>Not fed in the second stage either. Only a reset leads out of here.</summary>
    Expired,
}

namespace Bulkhead.Devices;

/// <summary>What time has done to a watchdog.</summary>
public enum WatchdogEvent
{
    None,
    /// <summary>The first stage ended: a warning, and the last chance.</summary>
    PreTimeout,
    /// <summary>The guest is to be ended.</summary>
    Expired,
}

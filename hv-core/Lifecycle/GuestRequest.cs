namespace Bulkhead.Lifecycle;

/// <summary>What somebody outside a guest wants of it; the guest's boot CPU obeys when it comes to it.</summary>
public enum GuestRequest
{
    None = 0,
    /// <summary>To be held off until it is started.</summary>
    Stop,
    /// <summary>To run; nothing when it does.</summary>
    Start,
    /// <summary>To stop if it runs, and to start at once.</summary>
    Restart,
}

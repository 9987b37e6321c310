namespace Bulkhead.Partitions;

/// <summary>Where a guest is in its life (Lifecycle/GuestLife.cs). In all states but Running its CPUs are out of it.</summary>
public enum GuestState
{
    /// <summary>Not started yet: guests that come before it do not run. Every guest begins so.</summary>
    Waiting = 0,
    Running = 1,
    /// <summary>Ended; not all of its CPUs have come out yet.</summary>
    Stopping = 2,
    /// <summary>Ended; to be started again when its delay is over.</summary>
    Delayed = 3,
    /// <summary>Its boot CPU loads its package.</summary>
    Loading = 4,
    /// <summary>Not started, or stopped, because somebody wants it so: its manifest, or who asked.</summary>
    Held = 5,
    /// <summary>Ended for good, as its policy says: it is off until somebody starts it.</summary>
    Stopped = 6,
}

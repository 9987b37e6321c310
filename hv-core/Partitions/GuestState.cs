namespace Bulkhead.Partitions;

/// <summary>What a guest's CPUs are to do with it.</summary>
public enum GuestState
{
    /// <summary>Its boot CPU has not finished loading it.</summary>
    Loading = 0,
    Running = 1,
    /// <summary>Ended: its CPUs wait in EL2 and serve the board's interrupts only.</summary>
    Stopped = 2,
}

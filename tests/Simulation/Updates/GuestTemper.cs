namespace Bulkhead.Simulation.Updates;

/// <summary>What a guest's version does when it is asked whether it works.</summary>
internal enum GuestTemper
{
    Says,
    IsSilent,
    Crashes,

    /// <summary>From its set-up on it does nothing, with its interrupts masked, until its trial is over.</summary>
    Hangs,
}

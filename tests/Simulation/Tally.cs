namespace Bulkhead.Simulation;

/// <summary>What a run came to.</summary>
internal sealed class Tally
{
    public long Steps, Lives, PowerCycles, PowerLosses, Halts, Events, Settled, Exits, Interrupts, Starts, Stops, Resets, Requests, Tables,
        Bundles, Refused, Activated, Confirmed, RolledBack, Programs, Erases;
}

namespace Bulkhead.Simulation.Guests;

/// <summary>One interrupt of one guest: what was raised, and what the guest took of it.</summary>
internal sealed class InterruptAccount
{
    /// <summary>Moments, by the ledger's own clock; 0 for never.</summary>
    public long Raised, Taken;

    /// <summary>How often it may still come: raised more often than taken. What merges leaves some over.</summary>
    public int Credit;

    /// <summary>The vCPU that handles it; -1 for none.</summary>
    public int ActiveOn = -1;
}

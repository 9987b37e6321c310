namespace Bulkhead.Simulation.Hardware;

/// <summary>One interrupt of the board's controller.</summary>
internal sealed class PhysicalInterrupt
{
    public bool Enabled, Active, Edge;

    /// <summary>The latch: edges, and what software made pending.</summary>
    public bool Pending;

    /// <summary>As the device drives it.</summary>
    public bool Line;

    /// <summary>Board CPU; -1 for none.</summary>
    public int Route = -1;

    public bool Fires => Enabled && !Active && (Pending || Line && !Edge);
}

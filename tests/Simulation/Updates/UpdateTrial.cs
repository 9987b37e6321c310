using Bulkhead.Update;

namespace Bulkhead.Simulation.Updates;

/// <summary>A set of units from its activation to its end.</summary>
internal sealed class UpdateTrial(uint units)
{
    /// <summary>A bit each.</summary>
    public readonly uint Units = units;

    /// <summary>Of each unit: what is on trial, how often it may be launched, and how often it was.</summary>
    public readonly UnitVersion?[] Version = new UnitVersion?[UpdateUnit.Count];
    public readonly int[] Granted = new int[UpdateUnit.Count], Launches = new int[UpdateUnit.Count];

    public bool Has(int unit) => (Units >> unit & 1) != 0;
}

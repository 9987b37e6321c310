namespace Bulkhead.Simulation.Updates;

/// <summary>What a slot of one unit may hold, whole: no two are alike.</summary>
/// <param name="unit">See <see cref="Bulkhead.Update.UpdateUnit"/>.</param>
/// <param name="stored">As it stands in the slot.</param>
internal sealed class UnitVersion(int unit, ulong rollback, byte[] stored)
{
    public readonly int Unit = unit;
    public readonly ulong Rollback = rollback;
    public readonly byte[] Stored = stored;

    /// <summary>Of a guest's package: what a load makes of its memory.</summary>
    public GuestContent Content { get; init; } = null!;
}

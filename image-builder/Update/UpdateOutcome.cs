namespace Bulkhead.ImageBuilder.Update;

/// <summary>What became of a bundle that was activated.</summary>
public sealed record UpdateOutcome(bool IsConfirmed, string Text)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks the board until it has decided. A board that restarts meanwhile gives no answer for a while.</summary>
    public static UpdateOutcome Await(UpdateClient client, BundleFile bundle, TimeSpan limit)
    {
        DateTime end = DateTime.UtcNow + limit;
        while (DateTime.UtcNow < end)
        {
            try
            {
                if (Of(client.Slots(), bundle) is { } outcome)
                    return outcome;
            }
            catch (UpdateRefusedException refusal) when (refusal.Answer is "error no-answer" or "error busy")
            {
            }
            Thread.Sleep(Pause);
        }
        return new UpdateOutcome(false, $"still on trial after {limit.TotalSeconds:0} seconds");
    }

    /// <summary>Whether it is this bundle that is on trial.</summary>
    public static bool IsOnTrial(IReadOnlyList<UnitSlots> units, BundleFile bundle) => bundle.Parts.All(part =>
        units.FirstOrDefault(unit => unit.Unit == part.Unit) is { Trial: { } trial } unit && unit.Slots.Any(slot => slot.Slot == trial && slot.Sha256 == part.Digest));

    /// <summary>Whether this verified bundle has been put on trial, whatever became of it then.</summary>
    public static bool WasActivated(IReadOnlyList<UnitSlots> units, BundleFile bundle) => bundle.Parts.All(part =>
        units.Any(unit => unit.Unit == part.Unit && unit.Slots.Any(slot => slot.Sha256 == part.Digest && slot.State is "active" or "trial" or "bad")));

    /// <summary>As the slots tell; null while it is on trial.</summary>
    public static UpdateOutcome? Of(IReadOnlyList<UnitSlots> units, BundleFile bundle)
    {
        List<UnitSlots> back = [];
        foreach ((string name, string digest) in bundle.Parts)
        {
            UnitSlots? unit = units.FirstOrDefault(unit => unit.Unit == name);
            if (unit is null)
                return new UpdateOutcome(false, $"the board has no {name} any more");
            if (unit.Trial is not null)
                return null;
            // Slots are told apart by their headers' digests: a confirmed update is the one that is active now.
            if (unit.Slots.FirstOrDefault(slot => slot.Slot == unit.Active)?.Sha256 != digest)
                back.Add(unit);
        }
        if (back.Count == 0)
            return new UpdateOutcome(true, $"confirmed: {string.Join(", ", bundle.Parts.Select(part => part.Unit))}");
        // A set goes back together, and for one reason.
        string why = string.Join(", ", back.Select(unit => unit.Back?.Text).OfType<string>().Distinct());
        return new UpdateOutcome(false, $"rolled back: {string.Join(", ", back.Select(unit => unit.Unit))}{(why.Length == 0 ? "" : $": {why}")}");
    }
}

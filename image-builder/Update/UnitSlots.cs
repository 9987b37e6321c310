namespace Bulkhead.ImageBuilder.Update;

/// <summary>A unit of an appliance, and what its slots hold, as the update service says it.</summary>
/// <param name="Active">The confirmed slot, `a` or `b`.</param>
/// <param name="Trial">The slot on trial; null for none.</param>
/// <param name="Tries">How often that one may still be launched.</param>
/// <param name="Rollback">No lower index is launched.</param>
/// <param name="Back">Why it gave up the slot that does not run now; null if it did not, or that slot has been written since.</param>
public sealed record UnitSlots(string Unit, string Active, string? Trial, int Tries, ulong Rollback, UnitBack? Back, IReadOnlyList<SlotContent> Slots)
{
    /// <param name="answer">To `slots NAME`.</param>
    public static UnitSlots Parse(IReadOnlyList<string> answer)
    {
        string[] unit = answer.First(line => line.StartsWith("unit ", StringComparison.Ordinal)).Split(' ');
        SlotContent[] slots = [.. answer.Where(line => line.StartsWith("slot ", StringComparison.Ordinal)).Select(SlotContent.Parse)];
        // An older board says no more than that.
        UnitBack? back = unit is [.., "back", var why, var by] ? new UnitBack(why, Word(by)) : null;
        return new UnitSlots(unit[1], unit[3], Word(unit[5]), int.Parse(unit[7]), ulong.Parse(unit[9]), back, slots);
    }

    private static string? Word(string word) => word == "-" ? null : word;
}

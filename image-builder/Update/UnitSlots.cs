namespace Bulkhead.ImageBuilder.Update;

/// <summary>A unit of an appliance, and what its slots hold, as the update service says it.</summary>
/// <param name="Active">The confirmed slot, `a` or `b`.</param>
/// <param name="Trial">The slot on trial; null for none.</param>
/// <param name="Tries">How often that one may still be launched.</param>
/// <param name="Rollback">No lower index is launched.</param>
public sealed record UnitSlots(string Unit, string Active, string? Trial, int Tries, ulong Rollback, IReadOnlyList<SlotContent> Slots)
{
    /// <param name="answer">To `slots NAME`.</param>
    public static UnitSlots Parse(IReadOnlyList<string> answer)
    {
        string[] unit = answer.First(line => line.StartsWith("unit ", StringComparison.Ordinal)).Split(' ');
        SlotContent[] slots = [.. answer.Where(line => line.StartsWith("slot ", StringComparison.Ordinal)).Select(SlotContent.Parse)];
        return new UnitSlots(unit[1], unit[3], unit[5] == "-" ? null : unit[5], int.Parse(unit[7]), ulong.Parse(unit[9]), slots);
    }
}

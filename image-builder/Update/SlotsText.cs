using System.Text;
using System.Text.Json;

namespace Bulkhead.ImageBuilder.Update;

/// <summary>Every unit's slots, for people and for programs.</summary>
public static class SlotsText
{
    private const int ShownDigits = 16;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Json(IReadOnlyList<UnitSlots> units) => JsonSerializer.Serialize(units, s_json) + "\n";

    public static string Table(IReadOnlyList<UnitSlots> units)
    {
        StringBuilder text = new($"{"unit",-16}{"slot",-5}{"state",-8}{"version",-16}{"rollback",-10}{"header's sha256",-18}\n");
        foreach (UnitSlots unit in units)
        {
            foreach (SlotContent slot in unit.Slots)
            {
                text.Append($"{(slot.Slot == "a" ? unit.Unit : ""),-16}{slot.Slot,-5}{slot.State,-8}{slot.Version ?? "-",-16}{slot.Rollback?.ToString() ?? "-",-10}");
                text.Append(slot.Sha256 is null ? "-" : slot.Sha256[..ShownDigits]);
                if (slot.Slot == unit.Trial)
                    text.Append($"  {unit.Tries} tries left");
                if (slot.Slot != unit.Active && slot.State == "bad" && unit.Back is { } back)
                    text.Append($"  given up: {back.Text}");
                if (slot.Slot == unit.Active && unit.Rollback != 0)
                    text.Append($"  none below {unit.Rollback}");
                text.Append('\n');
            }
        }
        return text.ToString();
    }
}

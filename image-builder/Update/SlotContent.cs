namespace Bulkhead.ImageBuilder.Update;

/// <summary>What one slot holds.</summary>
/// <param name="State">`active`, `trial`, `ready`, `bad` or `empty`.</param>
/// <param name="Version">For people; null where it has none.</param>
/// <param name="Rollback">Null where it has no header.</param>
/// <param name="Sha256">Of its header; null where it has none.</param>
public sealed record SlotContent(string Slot, string State, string? Version, ulong? Rollback, string? Sha256)
{
    internal static SlotContent Parse(string line)
    {
        string[] words = line.Split(' ');
        return new SlotContent(words[2], words[3], Word(words[4]), words[5] == "-" ? null : ulong.Parse(words[5]), Word(words[6]));
    }

    private static string? Word(string word) => word == "-" ? null : word;
}

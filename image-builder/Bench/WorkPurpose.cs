namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What a routine of the hypervisor works for, where that is worth a figure of its own: by its name.</summary>
public static class WorkPurpose
{
    // A routine belongs to the first purpose whose word its name holds.
    private static readonly (string Purpose, string[] Words)[] _purposes =
    [
        ("hashing", ["Sha256"]),
        ("inflating", ["Inflater", "Huffman", "Gzip"]),
        ("scrubbing", ["ZeroRange", "Scrub", "__Zero", "memset"]),
        ("copying", ["memmove", "memcpy", "__Copy"]),
    ];

    public static IEnumerable<string> All => _purposes.Select(purpose => purpose.Purpose);

    /// <summary>Empty for everything else.</summary>
    public static string Of(string routine) =>
        Array.Find(_purposes, purpose => purpose.Words.Any(word => routine.Contains(word, StringComparison.Ordinal))).Purpose ?? "";
}

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>What a routine of the hypervisor works for, where that is worth a figure of its own: by its name.</summary>
public static class WorkPurpose
{
    // As long as the disk of the machine takes that emulates: no two runs agree.
    private const string Disk = "waiting for the disk (all reads of 8-bit ports are in it)";

    // A routine belongs to the first purpose whose word its name holds.
    private static readonly (string Purpose, string[] Words)[] _purposes =
    [
        ("hashing", ["Sha256"]),
        ("inflating", ["Inflater", "Huffman", "Gzip"]),
        ("scrubbing", ["ZeroRange", "Scrub", "__Zero", "memset"]),
        ("copying", ["memmove", "memcpy", "__Copy"]),
        (Disk, ["__WaitWhileBusy"]),
    ];

    public static IEnumerable<string> On(BenchBoard board) => _purposes.Select(purpose => purpose.Purpose).Where(purpose => purpose != Disk || board == BenchBoard.Pc);

    /// <summary>Empty for everything else.</summary>
    public static string Of(string routine) =>
        routine == "In8" ? Disk : Array.Find(_purposes, purpose => purpose.Words.Any(word => routine.Contains(word, StringComparison.Ordinal))).Purpose ?? "";
}

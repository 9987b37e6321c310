using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// What came of the operations: a count for each family, a digest over every answer that does not depend on time, and
/// each answer that the architecture does not allow.
/// </summary>
internal static class Score
{
    private const int Families = 32, MostReported = 10;

    [InlineArray(Families)]
    private struct Counts
    {
        private ulong _first;
    }

    private static Counts s_operations;
    private static Counts s_deviations;
    private static int s_family;
    private static ulong s_total;
    private static ulong s_wrong;
    private static ulong s_digest;

    public static ulong Total => s_total;

    public static ulong Deviations => s_wrong;

    public static ulong Digest => s_digest;

    public static void Begin(int family) => s_family = family;

    public static ulong Of(int family) => s_operations[family];

    public static ulong DeviationsOf(int family) => s_deviations[family];

    public static void Add(ulong operations)
    {
        s_operations[s_family] += operations;
        s_total += operations;
    }

    /// <summary>One operation, and its answer.</summary>
    public static void Take(ulong answer)
    {
        Add(1);
        Mix(answer);
    }

    public static void Mix(ulong answer)
    {
        s_digest = (s_digest ^ answer) * 0x9fb2_1c65_1e98_df25;
        s_digest ^= s_digest >> 32;
    }

    /// <summary>Says what must hold by the manuals; the first of each family that do not are printed.</summary>
    public static void Check(bool holds, ReadOnlySpan<byte> what, ulong operation, ulong answer)
    {
        if (holds)
            return;
        s_wrong++;
        if (s_deviations[s_family]++ >= MostReported)
            return;
        Console.Write("hostile: DEVIATION "u8);
        Console.Write(Attack.Name(s_family));
        Console.Write(": "u8);
        Console.Write(what);
        Console.Write(" operation="u8);
        Console.WriteHex(operation);
        Console.Write(" answer="u8);
        Console.WriteHex(answer);
        Console.WriteLine(""u8);
    }
}

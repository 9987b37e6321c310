using System;
using System.Runtime;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// A guest that tries everything. Arguments: `seed=N`, `operations=N` (it ends after the round that reaches them; 0 is
/// for ever), `only=FAMILY`. Each family gets its share in every round. The last line has the digest that two runs of a
/// seed share.
/// </summary>
internal static unsafe class Hostile
{
    private const int All = -1;
    private const uint Share = 2048;
    // A line now and then: who watches sees that it lives.
    private const uint RoundsPerReport = 64;

    [RuntimeExport("GuestMain")]
    private static void Main(byte* hardware)
    {
        Platform.Read(hardware);
        Console.UseWholeLines();
        Cpu.MaskInterrupts();
        ulong seed = Arguments.NumberOf("seed"u8, 1), operations = Arguments.NumberOf("operations"u8, 0);
        int only = FamilyNamed(Arguments.ValueOf("only"u8));
        Say("hostile: seed "u8, seed);
        Console.WriteLine(""u8);
        Random random = new(seed);
        Attack.Prepare(ref random);
        for (uint round = 1; ; round++)
        {
            for (int family = 0; family < Attack.Families; family++)
            {
                if (only != All && only != family)
                    continue;
                Score.Begin(family);
                // Each family has a sequence of its own, whatever the others took.
                Random own = new(random.Next() + (ulong)family);
                Attack.Run(family, ref own, Share);
            }
            bool last = operations != 0 && Score.Total >= operations;
            if (last || round % RoundsPerReport == 0)
                Report(seed, last);
            if (last)
                Rest();
        }
    }

    // With interrupts open: Bochs holds the board's back from a CPU that halts with its guest's IF clear.
    private static void Rest()
    {
        while (true)
        {
            Cpu.MaskInterrupts();
            Cpu.WaitUnmasked();
        }
    }

    private static int FamilyNamed(ReadOnlySpan<byte> name)
    {
        for (int family = 0; family < Attack.Families; family++)
        {
            if (name.SequenceEqual(Attack.Name(family)))
                return family;
        }
        return All;
    }

    private static void Report(ulong seed, bool last)
    {
        for (int family = 0; last && family < Attack.Families; family++)
        {
            Console.Write("hostile: "u8);
            Console.Write(Attack.Name(family));
            Say(" operations="u8, Score.Of(family));
            Say(" deviations="u8, Score.DeviationsOf(family));
            Console.WriteLine(""u8);
        }
        Console.Write(last ? "hostile: done"u8 : "hostile: alive"u8);
        Say(" seed="u8, seed);
        Say(" operations="u8, Score.Total);
        Say(" deviations="u8, Score.Deviations);
        Console.Write(" digest="u8);
        Console.WriteHex(Score.Digest);
        Console.WriteLine(""u8);
    }

    private static void Say(ReadOnlySpan<byte> what, ulong value)
    {
        Console.Write(what);
        Console.WriteDecimal(value);
    }
}

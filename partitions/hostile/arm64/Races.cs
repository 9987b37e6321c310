using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// vCPU 1 rewrites what vCPU 0 is about to use: the tables behind an address, with and without invalidation, and the
/// instruction of a device access between its fault and what the hypervisor makes of it.
/// </summary>
internal static unsafe class Races
{
    private const uint Forms = 4;

    private static ulong Changing => Ram.OtherCode + 0xf80;

    public static void Run(ref Random random, uint share)
    {
        bool isCode = random.OneIn(2);
        Code.Put(Changing, 0xb940_0020);
        Code.Publish(Changing, Changing + 16);
        if (!Second.Start(isCode ? Second.Code : Second.Tables, random.Next()))
            return;
        for (uint i = 0; i < share; i++)
        {
            ulong at = isCode ? Platform.Gicd + (random.Next() & 0xffc) : Ram.RaceWindow + (random.Next() & 0xff8);
            Code.X[0] = 0;
            Code.X[1] = at;
            ulong esr = isCode ? Code.Run(Changing) : Access.Try(Access.Plain(ref random), at, 0, false);
            Score.Check(esr == 0 || Syndrome.IsOrdinaryAbort(esr), isCode ? "while its instruction changed"u8 : "while its tables changed"u8, at, esr);
            Score.Take(at);
        }
        Second.Stop();
        *Ram.RaceBranch = Ram.Table(Ram.RaceTables + 4096);
        *Ram.RaceLeaf = Ram.Page(Ram.Scratch, false);
    }

    /// <summary>On the other vCPU: the leaf becomes RAM, a device, nobody's, nothing; the branch sometimes leads nowhere.</summary>
    public static void ChangeTables(ref Random random)
    {
        ulong any = random.Next();
        ulong leaf = (any & 7) switch
        {
            0 => 0,
            1 => Ram.Page(Platform.Gicd, true),
            2 => Ram.Page(Platform.Gicd, false),
            3 => Ram.Page(0x7_f000_0000, false),
            4 => Ram.Page(Ram.End, true),
            5 => any & ~3ul,
            _ => Ram.Page(Ram.Scratch + (any >> 8 & 0x1f_f000), false),
        };
        Volatile.Write(ref *Ram.RaceLeaf, leaf);
        // A walk through tables outside RAM is an abort of its own (a stage 2 fault on a stage 1 walk).
        Volatile.Write(ref *Ram.RaceBranch, (any >> 32 & 15) == 0 ? Ram.Table(0x7_f000_0000) : Ram.Table(Ram.RaceTables + 4096));
        if ((any >> 40 & 3) == 0)
            Code.InvalidateAll();
    }

    /// <summary>On the other vCPU: load or store, of one width or another.</summary>
    public static void ChangeCode(ref Random random)
    {
        uint form = random.Below(Forms) switch
        {
            0 => 0xb940_0020,           // LDR W0, [X1]
            1 => 0x3900_0020,           // STRB W0, [X1]
            2 => 0xf940_0020,           // LDR X0, [X1]
            _ => 0xa940_0820,           // LDP X0, X2, [X1]
        };
        Volatile.Write(ref *(uint*)Changing, form);
        Code.Publish(Changing, Changing + 16);
    }
}

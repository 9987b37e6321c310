using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// vCPU 1 rewrites what vCPU 0 is about to use: the tables behind an address, with nothing invalidated, and the bytes of
/// an instruction between its fault and the hypervisor's fetch.
/// </summary>
internal static unsafe class Races
{
    private static ulong Changing => Ram.CodeBase + 0x8000;

    public static void Run(ref Random random, uint share)
    {
        if (!Second.Exists)
            return;
        bool isCode = random.OneIn(2);
        *(ulong*)Changing = 0xc390_9090_9090_078b;
        Second.Start(isCode ? Second.Code : Second.Tables, random.Next());
        for (uint i = 0; i < share; i++)
        {
            ulong at = isCode ? Platform.LocalApic + (random.Next() & 0xfc) : Ram.RaceWindow + (random.Next() & 0xff8);
            Fault fault;
            if (isCode)
            {
                Code.X[Code.Rdi] = at;
                Code.X[Code.Rax] = 0x1_0020;
                fault = Code.Run(Changing);
                Score.Check(fault.IsNone, "while its instruction changed"u8, at, fault.Value);
            }
            else
            {
                Code.FlushTlb();
                fault = Access.Try((int)random.Below(2), at, 0);
                Score.Check(fault.IsNone || fault.IsPage, "while its tables changed"u8, at, fault.Value);
            }
            Score.Take(at);
        }
        Second.Stop();
        *Ram.RaceBranch = Ram.Page(Ram.RaceTable);
        *Ram.RaceLeaf = Ram.Page(Ram.Scratch);
        Code.FlushTlb();
    }

    /// <summary>On the other vCPU: the leaf becomes RAM, a device, nobody's, or nothing.</summary>
    public static void ChangeTables(ref Random random)
    {
        ulong any = random.Next();
        Volatile.Write(ref *Ram.RaceLeaf, (any & 7) switch
        {
            0 => 0,
            1 => Ram.Page(Platform.LocalApic),
            2 => Ram.Page(Platform.IoApic),
            3 => Ram.Page(0xd000_0000),
            4 => Ram.Page(Ram.End),
            5 => Ram.Page(Ram.Scratch) & ~2ul,
            _ => Ram.Page(Ram.Scratch + (any >> 8 & 0x1f_f000)),
        });
    }

    /// <summary>On the other vCPU: loads and stores of one length, so that what follows them is always whole.</summary>
    public static void ChangeCode(ref Random random) => Volatile.Write(ref *(ushort*)Changing, random.Below(4) switch
    {
        0 => (ushort)0x078b,            // MOV EAX, [RDI]
        1 => (ushort)0x0789,            // MOV [RDI], EAX
        2 => (ushort)0x0785,            // TEST [RDI], EAX
        _ => (ushort)0x073b,            // CMP EAX, [RDI]
    });
}

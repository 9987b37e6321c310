namespace Bulkhead.Guests.Hostile;

/// <summary>The guest's RAM by use (16 MiB, the image at 2 MiB, one to one).</summary>
internal static unsafe class Ram
{
    private const ulong MiB = 1 << 20;

    /// <summary>Below 640 KiB, for real mode: a page with CLI, HLT and a jump back.</summary>
    public const ulong RealModeCode = 0x9000;

    public const ulong CodeBase = 4 * MiB;
    public const ulong Scratch = 6 * MiB;
    public const ulong ScratchSize = 2 * MiB;
    /// <summary>What two vCPUs race on: a 4 KiB page there, by a table in RAM.</summary>
    public const ulong RaceWindow = 0x4000_0000;
    public const ulong RaceTable = 8 * MiB;

    public static ulong End => Platform.RamBase + Platform.RamSize + (ControlFlood.IsThere ? Platform.MailboxBuffer : 0);

    public static ulong* RaceLeaf => (ulong*)RaceTable;

    /// <summary>Of the page directory that maps the window: Start.S has one for each GiB.</summary>
    public static ulong* RaceBranch
    {
        get
        {
            ulong* level4 = (ulong*)(Cpu.ReadCr3() & ~0xffful);
            ulong* level3 = (ulong*)(level4[0] & ~0xffful);
            return (ulong*)(level3[RaceWindow >> 30] & ~0xffful);
        }
    }

    public static ulong Page(ulong address) => address | 3;

    public static void Prepare()
    {
        for (int i = 0; i < 512; i++)
            RaceLeaf[i] = 0;
        *RaceLeaf = Page(Scratch);
        *RaceBranch = Page(RaceTable);
        *(uint*)RealModeCode = 0xfdeb_f4fa;           // CLI; HLT; JMP back to the HLT
        Code.FlushTlb();
    }
}

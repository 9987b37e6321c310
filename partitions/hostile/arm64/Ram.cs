using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Hostile;

/// <summary>The guest's RAM by use, and windows of its translation on any GiB there is. The image has the first 2 MiB.</summary>
internal static unsafe class Ram
{
    private const ulong MiB = 1 << 20, GiB = 1ul << 30;
    // Start.S: AttrIndx 0 Device-nGnRE, 1 Normal write-back, both executable for EL1 or not as there.
    private const ulong BlockDevice = 0x60_0000_0000_0401, BlockNormal = 0x40_0000_0000_0705, TableEntry = 3, PageBit = 2;
    // Level 1 entries that Start.S leaves alone.
    private const int WindowEntry = 300, LowNormalEntry = 303, RaceEntry = 304;

    // Where the builder puts a watchdog's two frames, if the manifest gives the guest one.
    private const ulong Watchdog = 0x090c_0000;

    public static ulong Base => Platform.RamBase;
    public static ulong End => Platform.RamBase + Platform.RamSize + (ControlFlood.IsThere ? Platform.MailboxBuffer : 0);

    /// <summary>131072 instructions of the system space, 8 bytes each.</summary>
    public static ulong SystemCode => Base + 2 * MiB;
    /// <summary>Everything else that is written as code.</summary>
    public static ulong OtherCode => Base + 3 * MiB;
    /// <summary>For accesses: 2 MiB whose contents nobody cares about.</summary>
    public static ulong Scratch => Base + 4 * MiB;
    public const ulong ScratchSize = 2 * MiB;
    /// <summary>Two tables for the race: level 2, level 3.</summary>
    public static ulong RaceTables => Base + 6 * MiB;

    /// <summary>What two vCPUs race on: one page, mapped by tables in RAM that one of them rewrites.</summary>
    public static ulong RaceWindow => (ulong)RaceEntry * GiB;
    public static ulong* RaceLeaf => (ulong*)(RaceTables + 4096);
    public static ulong* RaceBranch => (ulong*)RaceTables;

    public static ulong Page(ulong address, bool device) => (device ? BlockDevice : BlockNormal) | PageBit | address;

    public static ulong Table(ulong address) => TableEntry | address;

    /// <summary>The first GiB, where the devices are, as Normal memory: unaligned accesses reach them.</summary>
    public static ulong LowAsNormal => (ulong)LowNormalEntry * GiB;

    public static void Prepare()
    {
        Set(LowNormalEntry, BlockNormal);
        for (int i = 0; i < 1024; i++)
            RaceBranch[i] = 0;
        *RaceLeaf = Page(Scratch, false);
        *RaceBranch = Table(RaceTables + 4096);
        Set(RaceEntry, Table(RaceTables));
    }

    /// <summary>Maps the GiB of an intermediate physical address; where the address then is.</summary>
    public static ulong Map(ulong physical, bool device)
    {
        Set(WindowEntry, (device ? BlockDevice : BlockNormal) | physical & ~(GiB - 1) & 0xffff_c000_0000);
        return WindowEntry * GiB | physical & (GiB - 1);
    }

    /// <summary>Whether an access there would be the guest's own affair.</summary>
    public static bool IsMine(ulong physical, ulong bytes) =>
        physical + bytes > Base && physical < End
        || IsIn(physical, bytes, Platform.Gicd, 0x1_0000)
        || IsIn(physical, bytes, Platform.Gicr, 0x2_0000 * Second.Vcpus)
        || IsIn(physical, bytes, Platform.Uart, 0x1000)
        || ControlFlood.IsThere && (IsIn(physical, bytes, Platform.ControlUart, 0x1000) || IsIn(physical, bytes, Platform.Mailbox, 0x1000))
        || IsIn(physical, bytes, Watchdog, 0x2000);

    private static bool IsIn(ulong physical, ulong bytes, ulong start, ulong size) =>
        physical + bytes > start && physical < start + size;

    private static void Set(int entry, ulong value) => SetEntry((ulong*)(ReadTtbr0() & 0xffff_ffff_f000) + entry, value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadTtbr0")]
    private static extern ulong ReadTtbr0();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SetEntry")]
    private static extern void SetEntry(ulong* entry, ulong value);
}

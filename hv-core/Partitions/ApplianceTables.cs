using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Partitions;

/// <summary>The appliance table the board runs by: a checked copy in the hypervisor's own RAM.</summary>
public static unsafe class ApplianceTables
{
    private static ulong _table;

    internal static ref ApplianceTable Table => ref *(ApplianceTable*)_table;

    public static ref readonly BoardFacts Board => ref Table.Board;
    public static bool IsThere => _table != 0;
    public static ApplianceFlags Flags => Table.Flags;
    public static int CpuCount => (int)Table.Board.CpuCount;
    public static int GuestCount => (int)Table.GuestCount;
    public static ref readonly GuestEntry Guest(int index) => ref Table.Guest[index];
    public static ReadOnlySpan<byte> Name => NameRules.BytesOf(in Table.ApplianceName);

    /// <summary>Where the copy lies: memory that stays, zeroed.</summary>
    public static void Use(ref ApplianceTable table) => _table = (ulong)Unsafe.AsPointer(ref table);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>Whether a new appliance table may follow the one that runs.</summary>
public static class NextTable
{
    /// <summary>
    /// What is remembered of a guest is remembered by its number, and its slots hold what it runs: guests keep their places
    /// and slots. New ones may come behind them.
    /// </summary>
    /// <param name="slot">Where the new table lies, written and read back.</param>
    /// <param name="table">The one that runs.</param>
    public static ServiceError Check<TFlash>(ref TFlash flash, in ImageRange slot, in ApplianceTable table)
        where TFlash : struct, IFlash
    {
        Unsafe.SkipInit(out TableBeginning beginning);
        if (!TryRead(ref flash, slot.Offset, ref beginning))
            return ServiceError.Flash;
        if (beginning.GuestCount < table.GuestCount)
            return ServiceError.OtherGuests;
        Unsafe.SkipInit(out GuestEntry next);
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            ref readonly GuestEntry entry = ref table.Guest[i];
            ulong at = (ulong)Unsafe.ByteOffset(in Unsafe.As<ApplianceTable, byte>(ref Unsafe.AsRef(in table)), in Unsafe.As<GuestEntry, byte>(ref Unsafe.AsRef(in entry)));
            if (!TryRead(ref flash, slot.Offset + at, ref next))
                return ServiceError.Flash;
            if (!NameRules.AreEqual(in entry.Name, in next.Name) || !AreEqual(in entry.SlotA, in next.SlotA) || !AreEqual(in entry.SlotB, in next.SlotB))
                return ServiceError.OtherGuests;
        }
        return ServiceError.None;
    }

    private static bool TryRead<TFlash, T>(ref TFlash flash, ulong offset, ref T value)
        where TFlash : struct, IFlash
        where T : struct =>
        flash.TryRead(offset, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1)));

    private static bool AreEqual(in ImageRange one, in ImageRange other) => one.Offset == other.Offset && one.Size == other.Size;
}

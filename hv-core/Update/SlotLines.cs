using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>The update service's lines about one unit and its slots (docs/abi.md).</summary>
internal static class SlotLines
{
    public static void SayUnit<TAnswer>(int unit, in UnitState state, in ApplianceTable table, ref TAnswer answer)
        where TAnswer : struct, IAnswer, allows ref struct
    {
        LogLine line = default;
        line.Add("unit "u8);
        line.Add(UpdateUnitNames.Of(unit, in table));
        line.Add(" active "u8);
        line.Add(NameOf(state.Active));
        line.Add(" trial "u8);
        line.Add(state.IsOnTrial ? NameOf(state.Other) : (byte)'-');
        line.Add(" tries "u8);
        line.AddDecimal(state.Tries);
        line.Add(" rollback "u8);
        line.AddDecimal(state.Rollback);
        if (state.Back != BackReason.None)
        {
            line.Add(" back "u8);
            line.Add(TextList.At(Reasons, (int)state.Back - 1));
            line.Add((byte)' ');
            line.Add(state.BackBy < 0 ? "-"u8 : UpdateUnitNames.Of(state.BackBy, in table));
        }
        answer.Say(ref line);
    }

    // In the order of BackReason, from Unconfirmed on.
    private static ReadOnlySpan<byte> Reasons => "unconfirmed\0crash\0reset\0watchdog\0off\0package\0tries\0asked\0flash\0"u8;

    /// <summary>False when the flash refused.</summary>
    public static bool TrySaySlot<TFlash, TAnswer>(int unit, int slot, ref UpdateStore<TFlash> store, in ApplianceTable table, ref TAnswer answer)
        where TFlash : struct, IFlash
        where TAnswer : struct, IAnswer, allows ref struct
    {
        SlotFacts facts = default;
        ImageRange range = store.Slot(unit, slot);
        if (range.Size == 0)
            return true;
        if (!SlotFacts.TryRead(ref store.Flash, unit, in range, ref facts))
            return false;
        LogLine line = default;
        line.Add("slot "u8);
        line.Add(UpdateUnitNames.Of(unit, in table));
        line.Add((byte)' ');
        line.Add(NameOf(slot));
        line.Add(StateOf(in store.Record.Unit[unit], slot, facts.IsThere));
        if (!facts.IsThere)
        {
            line.Add("- - -"u8);
            answer.Say(ref line);
            return true;
        }
        if (facts.Version.Length == 0)
            line.Add((byte)'-');
        line.AddName(in facts.Version);
        line.Add((byte)' ');
        line.AddDecimal(facts.Rollback);
        line.Add((byte)' ');
        Hexadecimal.Add(ref line, in facts.Digest);
        answer.Say(ref line);
        return true;
    }

    private static ReadOnlySpan<byte> StateOf(in UnitState state, int slot, bool isThere)
    {
        if (state.IsBad(slot))
            return " bad "u8;
        if (state.IsOnTrial && slot == state.Other)
            return " trial "u8;
        return !isThere ? " empty "u8 : slot == state.Active ? " active "u8 : " ready "u8;
    }

    private static byte NameOf(int slot) => slot == 0 ? (byte)'a' : (byte)'b';
}

using System;

namespace Bulkhead.Memory;

/// <summary>
/// Maps, unmaps and walks one set of translation tables, which may be in use meanwhile: a valid entry is replaced
/// break-before-make, a table is whole and visible before it is linked, and given back only when no CPU remembers it.
/// While an entry is broken its addresses fault; whoever may meet that retries.
/// </summary>
public readonly ref struct PageTable<TFormat, TOps>
    where TFormat : struct, IPageTableFormat
    where TOps : struct, IPageTableOps
{
    private const ulong PageMask = PagePool<TOps>.PageSize - 1;
    private const int EntrySize = sizeof(ulong);

    private readonly ref PagePool<TOps> _pool;
    private readonly HostPhys _root;

    /// <param name="pool">Where inner tables come from and go back to.</param>
    /// <param name="root">A zeroed page of the pool, or an earlier table's root.</param>
    public PageTable(ref PagePool<TOps> pool, HostPhys root)
    {
        _pool = ref pool;
        _root = root;
    }

    public HostPhys Root => _root;

    /// <summary>Maps a range with the largest blocks that fit, in place of whatever is there.</summary>
    public PageTableStatus Map(ulong input, HostPhys output, ulong bytes, MapAttributes attributes)
    {
        if (attributes == MapAttributes.None || !TFormat.Allows(attributes))
            return PageTableStatus.BadAttributes;
        if (!Fits(output.Value, bytes, TFormat.OutputBits))
            return PageTableStatus.OutOfRange;
        return Change(input, output, bytes, attributes);
    }

    /// <summary>Leaves nothing mapped in the range; blocks that it cuts are split.</summary>
    public PageTableStatus Unmap(ulong input, ulong bytes) => Change(input, default, bytes, MapAttributes.None);

    /// <summary>Where an input address leads.</summary>
    public Translation Walk(ulong input)
    {
        if (!Fits(input, 0, TFormat.InputBits))
            return default;
        HostPhys table = _root;
        for (int level = 0; ; level++)
        {
            ulong entry = TOps.Read(SlotOf(table, level, input));
            ulong size = 1ul << TFormat.ShiftOf(level);
            if (!TFormat.IsValid(entry, level))
                return new Translation(default, size, MapAttributes.None);
            HostPhys address = TFormat.AddressOf(entry, level);
            if (!TFormat.IsTable(entry, level))
                return new Translation(address + (input & (size - 1)), size, TFormat.AttributesOf(entry, level));
            table = address;
        }
    }

    private PageTableStatus Change(ulong input, HostPhys output, ulong bytes, MapAttributes attributes)
    {
        if (((input | output.Value | bytes) & PageMask) != 0)
            return PageTableStatus.Misaligned;
        if (!Fits(input, bytes, TFormat.InputBits))
            return PageTableStatus.OutOfRange;
        PageTableStatus status = ChangeTable(_root, 0, input, input + bytes, output, attributes);
        TOps.CompleteWrites();
        TOps.Synchronize();
        return status;
    }

    private PageTableStatus ChangeTable(HostPhys table, int level, ulong input, ulong end, HostPhys output, MapAttributes attributes)
    {
        ulong size = 1ul << TFormat.ShiftOf(level);
        while (input != end)
        {
            HostPhys slot = SlotOf(table, level, input);
            ulong step = Math.Min(end - input, size - (input & (size - 1)));
            if (step == size && IsLeaf(level, output, attributes))
            {
                Replace(slot, level, input, attributes == MapAttributes.None ? 0 : TFormat.MakeLeaf(output, attributes, level));
            }
            else
            {
                PageTableStatus status = ChangeBelow(slot, level, input, step, output, attributes);
                if (status != PageTableStatus.Ok)
                    return status;
            }
            input += step;
            if (attributes != MapAttributes.None)
                output += step;
        }
        return PageTableStatus.Ok;
    }

    private static bool IsLeaf(int level, HostPhys output, MapAttributes attributes) =>
        attributes == MapAttributes.None
        || TFormat.HasBlocks(level) && (output.Value & ((1ul << TFormat.ShiftOf(level)) - 1)) == 0;

    private PageTableStatus ChangeBelow(HostPhys slot, int level, ulong input, ulong bytes, HostPhys output, MapAttributes attributes)
    {
        ulong entry = TOps.Read(slot);
        bool valid = TFormat.IsValid(entry, level);
        if (!valid && attributes == MapAttributes.None)
            return PageTableStatus.Ok;
        if (!valid || !TFormat.IsTable(entry, level))
        {
            if (!_pool.TryTake(out HostPhys page))
                return PageTableStatus.OutOfPages;
            if (valid)
                FillFromBlock(page, entry, level);
            TOps.CompleteWrites();
            entry = TFormat.MakeTable(page, level);
            Replace(slot, level, input, entry);
        }
        HostPhys table = TFormat.AddressOf(entry, level);
        PageTableStatus status = ChangeTable(table, level + 1, input, input + bytes, output, attributes);
        if (IsEmpty(table, level + 1))
            Replace(slot, level, input, 0);
        return status;
    }

    private static void FillFromBlock(HostPhys page, ulong block, int level)
    {
        HostPhys output = TFormat.AddressOf(block, level);
        MapAttributes attributes = TFormat.AttributesOf(block, level);
        ulong entries = EntriesOf(level + 1);
        for (ulong i = 0; i < entries; i++)
            TOps.Write(page + i * EntrySize, TFormat.MakeLeaf(output + (i << TFormat.ShiftOf(level + 1)), attributes, level + 1));
        TOps.Clean(page, entries * EntrySize);
    }

    private void Replace(HostPhys slot, int level, ulong input, ulong next)
    {
        ulong old = TOps.Read(slot);
        if (old == next)
            return;
        bool wasValid = TFormat.IsValid(old, level);
        bool wasTable = wasValid && TFormat.IsTable(old, level);
        if (wasValid)
            Break(slot, input, wasTable);
        if (next != 0)
            WriteEntry(slot, next);
        if (wasTable)
            GiveBack(TFormat.AddressOf(old, level), level + 1);
    }

    private static void Break(HostPhys slot, ulong input, bool isTable)
    {
        WriteEntry(slot, 0);
        TOps.CompleteWrites();
        if (isTable)
            TOps.InvalidateAll();
        else
            TOps.Invalidate(input);
        TOps.CompleteInvalidation();
    }

    private static void WriteEntry(HostPhys slot, ulong value)
    {
        TOps.Write(slot, value);
        TOps.Clean(slot, EntrySize);
    }

    private void GiveBack(HostPhys table, int level)
    {
        ulong entries = level == TFormat.LastLevel ? 0 : EntriesOf(level);
        for (ulong i = 0; i < entries; i++)
        {
            ulong entry = TOps.Read(table + i * EntrySize);
            if (TFormat.IsValid(entry, level) && TFormat.IsTable(entry, level))
                GiveBack(TFormat.AddressOf(entry, level), level + 1);
        }
        _pool.Give(table);
    }

    private static bool IsEmpty(HostPhys table, int level)
    {
        ulong entries = EntriesOf(level);
        for (ulong i = 0; i < entries; i++)
        {
            if (TOps.Read(table + i * EntrySize) != 0)
                return false;
        }
        return true;
    }

    private static HostPhys SlotOf(HostPhys table, int level, ulong input) =>
        table + (input >> TFormat.ShiftOf(level) & (EntriesOf(level) - 1)) * EntrySize;

    private static ulong EntriesOf(int level) =>
        1ul << (level == 0 ? TFormat.InputBits : TFormat.ShiftOf(level - 1)) - TFormat.ShiftOf(level);

    private static bool Fits(ulong start, ulong bytes, int bits) =>
        start >> bits == 0 && bytes <= (1ul << bits) - start;
}

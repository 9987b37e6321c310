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
    private const ulong PageMask = PagePool.PageSize - 1;
    private const int EntrySize = sizeof(ulong);
    private const ulong EntryCount = PagePool.PageSize / EntrySize;

    private readonly ref PagePool _pool;
    private readonly HostPhys _root;
    private readonly TFormat _format;
    private readonly TOps _ops;

    /// <param name="pool">Where inner tables come from and go back to.</param>
    /// <param name="root">A zeroed page of the pool, or an earlier table's root.</param>
    public PageTable(ref PagePool pool, HostPhys root, TFormat format, TOps ops)
    {
        _pool = ref pool;
        _root = root;
        _format = format;
        _ops = ops;
    }

    public HostPhys Root => _root;

    /// <summary>Maps a range with the largest blocks that fit, in place of whatever is there.</summary>
    public PageTableStatus Map(ulong input, HostPhys output, ulong bytes, MapAttributes attributes)
    {
        if (attributes == MapAttributes.None || !_format.Allows(attributes))
            return PageTableStatus.BadAttributes;
        if (!Fits(output.Value, bytes, _format.OutputBits))
            return PageTableStatus.OutOfRange;
        return Change(input, output, bytes, attributes);
    }

    /// <summary>Leaves nothing mapped in the range; blocks that it cuts are split.</summary>
    public PageTableStatus Unmap(ulong input, ulong bytes) => Change(input, default, bytes, MapAttributes.None);

    /// <summary>Where an input address leads.</summary>
    public Translation Walk(ulong input)
    {
        if (!Fits(input, 0, _format.InputBits))
            return default;
        HostPhys table = _root;
        for (int level = 0; ; level++)
        {
            ulong size = 1ul << _format.ShiftOf(level);
            ulong entry = _ops.Read(SlotOf(table, level, input));
            if (!_format.IsValid(entry, level))
                return new Translation(default, size, MapAttributes.None);
            HostPhys address = _format.AddressOf(entry, level);
            if (!_format.IsTable(entry, level))
                return new Translation(address + (input & (size - 1)), size, _format.AttributesOf(entry, level));
            table = address;
        }
    }

    private PageTableStatus Change(ulong input, HostPhys output, ulong bytes, MapAttributes attributes)
    {
        if (((input | output.Value | bytes) & PageMask) != 0)
            return PageTableStatus.Misaligned;
        if (!Fits(input, bytes, _format.InputBits))
            return PageTableStatus.OutOfRange;
        MapCursor cursor = new(input, output, bytes, attributes);
        PageTableStatus status = bytes == 0 ? PageTableStatus.Ok : ChangeTable(ref cursor, _root, 0);
        _ops.CompleteWrites();
        _ops.Synchronize();
        return status;
    }

    /// <summary>Up to the end of this table or of the range.</summary>
    private PageTableStatus ChangeTable(ref MapCursor cursor, HostPhys table, int level)
    {
        ulong size = 1ul << _format.ShiftOf(level);
        do
        {
            HostPhys slot = SlotOf(table, level, cursor.Input);
            PageTableStatus status = cursor.Fits(size, _format.HasBlocks(level))
                ? ChangeEntry(ref cursor, slot, level) : ChangeBelow(ref cursor, slot, level);
            if (status != PageTableStatus.Ok)
                return status;
        }
        while (cursor.Left != 0 && (cursor.Input & (size * EntryCount - 1)) != 0);
        return PageTableStatus.Ok;
    }

    private PageTableStatus ChangeEntry(ref MapCursor cursor, HostPhys slot, int level)
    {
        Replace(slot, level, cursor.Input, cursor.Unmaps ? 0 : _format.MakeLeaf(cursor.Output, cursor.Attributes, level));
        cursor.Advance(1ul << _format.ShiftOf(level));
        return PageTableStatus.Ok;
    }

    private PageTableStatus ChangeBelow(ref MapCursor cursor, HostPhys slot, int level)
    {
        ulong input = cursor.Input;
        ulong entry = _ops.Read(slot);
        bool valid = _format.IsValid(entry, level);
        if (!valid && cursor.Unmaps)
        {
            cursor.AdvanceTo(1ul << _format.ShiftOf(level));
            return PageTableStatus.Ok;
        }
        if (!valid || !_format.IsTable(entry, level))
        {
            if (!_pool.TryTake(_ops, out HostPhys page))
                return PageTableStatus.OutOfPages;
            if (valid)
                FillFromBlock(page, entry, level);
            _ops.CompleteWrites();
            entry = _format.MakeTable(page, level);
            Replace(slot, level, input, entry);
        }
        HostPhys table = _format.AddressOf(entry, level);
        PageTableStatus status = ChangeTable(ref cursor, table, level + 1);
        if (IsEmpty(table))
            Replace(slot, level, input, 0);
        return status;
    }

    private void FillFromBlock(HostPhys page, ulong block, int level)
    {
        for (uint i = 0; i < EntryCount; i++)
            _ops.Write(page + i * EntrySize, _format.MakePart(block, level, i));
        _ops.Clean(page, PagePool.PageSize);
    }

    private void Replace(HostPhys slot, int level, ulong input, ulong next)
    {
        ulong old = _ops.Read(slot);
        if (old == next)
            return;
        bool wasValid = _format.IsValid(old, level);
        bool wasTable = wasValid && _format.IsTable(old, level);
        if (wasValid)
            Break(slot, input, wasTable);
        if (next != 0)
            WriteEntry(slot, next);
        if (wasTable)
            GiveBack(_format.AddressOf(old, level), level + 1);
    }

    private void Break(HostPhys slot, ulong input, bool isTable)
    {
        WriteEntry(slot, 0);
        _ops.CompleteWrites();
        if (isTable)
            _ops.InvalidateAll();
        else
            _ops.Invalidate(input);
        _ops.CompleteInvalidation();
    }

    private void WriteEntry(HostPhys slot, ulong value)
    {
        _ops.Write(slot, value);
        _ops.Clean(slot, EntrySize);
    }

    private void GiveBack(HostPhys table, int level)
    {
        for (ulong i = 0; i < EntryCount && level != _format.LastLevel; i++)
        {
            ulong entry = _ops.Read(table + i * EntrySize);
            if (_format.IsValid(entry, level) && _format.IsTable(entry, level))
                GiveBack(_format.AddressOf(entry, level), level + 1);
        }
        _pool.Give(_ops, table);
    }

    private bool IsEmpty(HostPhys table)
    {
        for (ulong i = 0; i < EntryCount; i++)
        {
            if (_ops.Read(table + i * EntrySize) != 0)
                return false;
        }
        return true;
    }

    private HostPhys SlotOf(HostPhys table, int level, ulong input) =>
        table + (input >> _format.ShiftOf(level) & (EntryCount - 1)) * EntrySize;

    private static bool Fits(ulong start, ulong bytes, int bits) =>
        start >> bits == 0 && bytes <= (1ul << bits) - start;
}

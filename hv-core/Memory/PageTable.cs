using System;
using Bulkhead.BlackBox;

namespace Bulkhead.Memory;

/// <summary>
/// Maps, unmaps and walks one set of translation tables, which may be in use meanwhile: a valid entry is replaced
/// break-before-make, a table is whole and visible before it is linked, and given back only when no CPU remembers it.
/// While an entry is broken its addresses fault; whoever may meet that retries.
/// </summary>
public ref struct PageTable<TFormat, TOps>
    where TFormat : struct, IPageTableFormat
    where TOps : struct, IPageTableOps
{
    private const ulong PageMask = PagePool.PageSize - 1;
    private const int EntrySize = sizeof(ulong);
    private const ulong EntryCount = PagePool.PageSize / EntrySize;

    private readonly ref PagePool _pool;
    private readonly HostPhys _root;
    // Not readonly: each call on a type parameter's value would copy it first.
    private TFormat _format;
    private TOps _ops;

    /// <param name="pool">Where inner tables come from and go back to.</param>
    /// <param name="root">A zeroed page of the pool, or an earlier table's root.</param>
    public PageTable(ref PagePool pool, HostPhys root, TFormat format, TOps ops)
    {
        _pool = ref pool;
        _root = root;
        _format = format;
        _ops = ops;
    }

    public readonly HostPhys Root => _root;

    /// <summary>Maps a range in place of whatever is there, with the largest blocks that fit; a table that is there stays one.</summary>
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

    /// <summary>The entries that a walk reads, into a crash record.</summary>
    public void Record(ulong input, ref CrashRecord record)
    {
        record.WalkAddress = input;
        HostPhys table = _root;
        for (int level = 0; Fits(input, 0, _format.InputBits); level++)
        {
            HostPhys slot = SlotOf(table, level, input);
            ulong entry = _ops.Read(slot);
            record.AddStep(slot.Value, entry);
            if (!_format.IsTable(entry, level))
                return;
            table = _format.AddressOf(entry, level);
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
        ulong last = cursor.Input | size * EntryCount - 1;
        do
        {
            HostPhys slot = SlotOf(table, level, cursor.Input);
            ulong entry = _ops.Read(slot);
            PageTableStatus status = PageTableStatus.Ok;
            if (_format.IsTable(entry, level))
            {
                status = ChangeBelow(ref cursor, slot, _format.AddressOf(entry, level), level);
            }
            else if (cursor.Fits(size, _format.HasBlocks(level)))
            {
                Replace(slot, level, entry, cursor.Unmaps ? 0 : _format.MakeLeaf(cursor.Output, cursor.Attributes, level), cursor.Input);
                cursor.Advance(size);
            }
            else if (cursor.Unmaps && !_format.IsValid(entry, level))
            {
                cursor.AdvanceTo(size);
            }
            else
            {
                // Then once more: the entry is a table now.
                status = Divide(slot, level, entry, cursor.Input);
            }
            if (status != PageTableStatus.Ok)
                return status;
        }
        while (cursor.Left != 0 && cursor.Input <= last);
        return PageTableStatus.Ok;
    }

    private PageTableStatus ChangeBelow(ref MapCursor cursor, HostPhys slot, HostPhys table, int level)
    {
        PageTableStatus status = ChangeTable(ref cursor, table, level + 1);
        bool mayBeEmpty = cursor.Unmaps || status != PageTableStatus.Ok;
        if (mayBeEmpty && IsEmpty(table))
        {
            WriteEntry(slot, 0);
            _ops.CompleteWrites();
            _ops.InvalidateAll();
            _ops.CompleteInvalidation();
            _pool.Give(_ops, table);
        }
        return status;
    }

    /// <summary>In place of a hole or a block, a table that says the same.</summary>
    private PageTableStatus Divide(HostPhys slot, int level, ulong entry, ulong input)
    {
        if (!_pool.TryTake(_ops, out HostPhys page))
            return PageTableStatus.OutOfPages;
        if (_format.IsValid(entry, level))
            FillFromBlock(page, entry, level);
        _ops.CompleteWrites();
        Replace(slot, level, entry, _format.MakeTable(page, level), input);
        return PageTableStatus.Ok;
    }

    private void FillFromBlock(HostPhys page, ulong block, int level)
    {
        for (uint i = 0; i < EntryCount; i++)
            _ops.Write(page + i * EntrySize, _format.MakePart(block, level, i));
        _ops.Clean(page, PagePool.PageSize);
    }

    private void Replace(HostPhys slot, int level, ulong old, ulong next, ulong input)
    {
        if (old == next)
            return;
        if (_format.IsValid(old, level))
        {
            WriteEntry(slot, 0);
            _ops.CompleteWrites();
            _ops.Invalidate(input);
            _ops.CompleteInvalidation();
        }
        if (next != 0)
            WriteEntry(slot, next);
    }

    private void WriteEntry(HostPhys slot, ulong value)
    {
        _ops.Write(slot, value);
        _ops.Clean(slot, EntrySize);
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

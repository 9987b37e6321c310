using System;
using System.Collections.Generic;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>
/// A guest's page tables, kept as a tree for the oracle and written into the machine's RAM for the walk. The paging
/// modes are told apart by the widths of their indices and by what the top level may say.
/// </summary>
internal sealed class TableWriter
{
    private const ulong Present = 1, Writable = 2, User = 4, PageSize = 0x80;
    private const ulong NoExecute = 1ul << 63;
    private const ulong RandomBits = 0x0000_0000_0000_0f78;         // PWT to the software bits, without PS and rights

    private readonly TestMachine _machine;
    private readonly Random _random;
    private readonly int[] _shifts;
    private readonly PagingKind _kind;
    private readonly Table _root;
    private ulong _next;

    public TableWriter(TestMachine machine, PagingKind kind, Random random, int firstPage = 0)
    {
        _next = TestMachine.RamBase + (ulong)(uint)firstPage * 4096;
        (_machine, _kind, _random) = (machine, kind, random);
        _shifts = kind switch
        {
            PagingKind.Bits32 => [22, 12],
            PagingKind.Pae => [30, 21, 12],
            PagingKind.Levels4 => [39, 30, 21, 12],
            _ => [48, 39, 30, 21, 12],
        };
        _root = NewTable();
        machine.Cr3 = _root.Address | (ulong)random.Next(8) << 3 & (kind == PagingKind.Pae ? 0x1ful : 0xfff);
        machine.Cr4 = (kind == PagingKind.Bits32 ? 0x10ul : 0x20) | (kind == PagingKind.Levels5 ? 1ul << 12 : 0);
        machine.Efer = kind >= PagingKind.Levels4 ? 0xd00ul : 0;
        machine.Cr0 = 0x8000_0001;
    }

    public int EntryBytes => _kind == PagingKind.Bits32 ? 4 : 8;

    public ulong LinearMask => _kind switch
    {
        PagingKind.Levels4 => (1ul << 48) - 1,
        PagingKind.Levels5 => (1ul << 57) - 1,
        _ => uint.MaxValue,
    };

    private int IndexMask => _kind == PagingKind.Bits32 ? 1023 : 511;

    /// <summary>Maps the page around an address with random rights, as large as asked for where nothing is in the way.</summary>
    public void Map(ulong linear, ulong physical, int level, ulong rights)
    {
        Table table = _root;
        for (int depth = 0; ; depth++)
        {
            int index = (int)(linear >> _shifts[depth]) & IndexMask;
            table.Entries.TryGetValue(index, out Entry? entry);
            bool isLeaf = depth == _shifts.Length - 1 || depth == level && depth >= FirstLargeDepth;
            if (isLeaf)
            {
                if (entry is null)
                    Write(table, index, new(null, LeafBits(physical, depth) | rights | Present | Extra(), depth));
                return;
            }
            if (entry is null)
            {
                Table below = NewTable();
                // PDPTEs have no rights: those bits are reserved.
                ulong above = _kind == PagingKind.Pae && depth == 0 ? 0 : RandomRights() | Extra();
                Write(table, index, entry = new(below, below.Address | Present | above, depth));
            }
            if (entry.Below is null)
                return;
            table = entry.Below;
        }
    }

    /// <summary>The entries from the top to a leaf, fewer where one is missing.</summary>
    public List<(ulong Address, Entry Entry)> Path(ulong linear)
    {
        var path = new List<(ulong, Entry)>();
        for (Table? table = _root; table is not null && path.Count < _shifts.Length; table = path[^1].Item2.Below)
        {
            int index = (int)(linear >> _shifts[path.Count]) & IndexMask;
            if (!table.Entries.TryGetValue(index, out Entry? entry))
                break;
            path.Add((table.Address + (ulong)(index * EntryBytes), entry));
        }
        return path;
    }

    public bool IsComplete(List<(ulong Address, Entry Entry)> path) => path.Count != 0 && path[^1].Entry.Below is null;

    public ulong Physical(List<(ulong Address, Entry Entry)> path, ulong linear)
    {
        Entry leaf = path[^1].Entry;
        ulong inside = (1ul << _shifts[leaf.Depth]) - 1;
        ulong frame = _kind == PagingKind.Bits32
            ? leaf.Depth == 0 ? leaf.Bits & 0xffc0_0000 | (leaf.Bits & 0x1f_e000) << 19 : leaf.Bits & 0xffff_f000
            : leaf.Bits & 0x000f_ffff_ffff_f000 & ~inside;
        return frame | linear & inside;
    }

    public bool HasRights(Entry entry) => !(_kind == PagingKind.Pae && entry.Depth == 0);

    public int RandomLevel() => _random.Next(_shifts.Length);

    public ulong RandomRights() => _random.Next(4) == 0 ? (ulong)_random.Next(4) << 1 : Writable | User;

    private int FirstLargeDepth => _kind switch
    {
        PagingKind.Bits32 => 0,
        PagingKind.Pae or PagingKind.Levels4 => 1,
        _ => 2,
    };

    private ulong LeafBits(ulong physical, int depth)
    {
        if (depth == _shifts.Length - 1)
            return physical & (_kind == PagingKind.Bits32 ? 0xffff_f000ul : 0x000f_ffff_ffff_f000ul);
        ulong inside = (1ul << _shifts[depth]) - 1;
        return _kind == PagingKind.Bits32
            ? physical & 0xffc0_0000 | physical >> 19 & 0x1f_e000ul | PageSize
            : physical & 0x000f_ffff_ffff_f000 & ~inside | PageSize;
    }

    private ulong Extra() =>
        (ulong)_random.NextInt64() & RandomBits | (_kind == PagingKind.Bits32 || _random.Next(2) == 0 ? 0ul : NoExecute);

    private Table NewTable()
    {
        var table = new Table(_next);
        _next += 4096;
        return table;
    }

    private void Write(Table table, int index, Entry entry)
    {
        table.Entries[index] = entry;
        _machine.SetEntry(table.Address + (ulong)(index * EntryBytes), entry.Bits, EntryBytes);
    }

    internal sealed record Entry(Table? Below, ulong Bits, int Depth);

    internal sealed record Table(ulong Address)
    {
        public Dictionary<int, Entry> Entries { get; } = [];
    }
}

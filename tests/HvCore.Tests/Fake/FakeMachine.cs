using System;
using System.Collections.Generic;
using System.Linq;

namespace Bulkhead.Tests.Fake;

/// <summary>
/// Memory, and CPUs that walk tables in it as carelessly as the architecture lets them: whatever was valid may be
/// remembered until it is invalidated, whatever was written may be seen early, late or never before it is completed.
/// Breaking a rule is recorded in <see cref="Faults"/>.
/// </summary>
internal sealed class FakeMachine(FakeEntryReader reader)
{
    public const ulong PageSize = 4096;

    private readonly Dictionary<ulong, FakePage> _pages = [];
    // Pages with words that are not visible yet.
    private readonly HashSet<FakePage> _unseen = [];
    private readonly Dictionary<ulong, BrokenEntry> _broken = [];
    private readonly Dictionary<ulong, TablePage> _tables = [];
    private bool _synchronized = true;

    [ThreadStatic]
    private static FakeMachine? _current;

    public static FakeMachine Current
    {
        get => _current!;
        set => _current = value;
    }

    public List<string> Faults { get; } = [];

    /// <summary>Pages that some root's walks reach, roots included.</summary>
    public IReadOnlyDictionary<ulong, TablePage> Tables => _tables;

    public void AddRoot(ulong page) => _tables[page] = new TablePage(page, 0, 0);

    public ulong Read(ulong address) => PageAt(address).Words[IndexOf(address)];

    public void Write(ulong address, ulong value)
    {
        FakePage page = PageAt(address);
        ulong old = page.Words[IndexOf(address)];
        page.Words[IndexOf(address)] = value;
        page.Stages[IndexOf(address)] = WriteStage.Written;
        _unseen.Add(page);
        _synchronized = false;
        if (!_tables.TryGetValue(PageOf(address), out TablePage table))
            return;
        if (IsUnlinked(table))
            Fail($"{address:x}: its table is unlinked but may still be walked");
        bool wasValid = reader.IsValid(old, table.Level), isValid = reader.IsValid(value, table.Level);
        if (wasValid && isValid && old != value)
            Fail($"{address:x}: valid entry {old:x} changed to {value:x} without break");
        else if (wasValid && !isValid)
            _broken[address] = new BrokenEntry(old, table, BreakStage.Written);
        else if (isValid && _broken.ContainsKey(address))
            Fail($"{address:x}: made again before its break was complete");
        if (isValid && !wasValid && reader.IsTable(value, table.Level))
            Link(address, value, table);
    }

    public void Clean(ulong start, ulong bytes)
    {
        for (ulong address = start; address < start + bytes; address += sizeof(ulong))
        {
            ref WriteStage stage = ref PageAt(address).Stages[IndexOf(address)];
            if (stage == WriteStage.Written)
                stage = WriteStage.Cleaned;
        }
    }

    public void CompleteWrites()
    {
        foreach (FakePage page in _unseen)
            page.Stages.AsSpan().Replace(WriteStage.Cleaned, WriteStage.Visible);
        _unseen.RemoveWhere(page => page.IsVisible);
        Advance(address => PageAt(address).Stages[IndexOf(address)] == WriteStage.Visible, BreakStage.Written, BreakStage.Visible);
    }

    public void Invalidate(ulong input) =>
        Advance(address => Covers(_broken[address], address, input), BreakStage.Visible, BreakStage.Invalidated);

    public void InvalidateAll() => Advance(_ => true, BreakStage.Visible, BreakStage.Invalidated);

    public void CompleteInvalidation()
    {
        foreach (ulong address in _broken.Keys.Where(address => _broken[address].Stage == BreakStage.Invalidated).ToArray())
        {
            BrokenEntry broken = _broken[address];
            _broken.Remove(address);
            if (reader.IsTable(broken.Value, broken.Table.Level))
                Forget(reader.AddressOf(broken.Value, broken.Table.Level));
        }
    }

    public void Synchronize() => _synchronized = true;

    /// <summary>After each operation: nothing is left half done.</summary>
    public void CheckQuiet()
    {
        foreach (FakePage page in _unseen.Where(page => _tables.ContainsKey(page.Start)))
            Fail($"{page.Start:x}: written but never made visible");
        foreach (ulong address in _broken.Keys)
            Fail($"{address:x}: broken but never invalidated");
        if (!_synchronized)
            Fail("no synchronization after the last write");
    }

    private void Link(ulong address, ulong value, TablePage from)
    {
        ulong page = reader.AddressOf(value, from.Level);
        if (!PageAt(page).IsVisible)
            Fail($"{address:x}: table {page:x} linked before all of it was written and visible");
        if (_tables.ContainsKey(page))
            Fail($"{address:x}: page {page:x} is a table already");
        Remember(new TablePage(page, from.Level + 1, from.Base + IndexOf(address) * reader.SizeOf(from.Level)));
    }

    private void Remember(TablePage table)
    {
        _tables[table.Page] = table;
        for (ulong word = table.Page; word < table.Page + PageSize; word += sizeof(ulong))
        {
            ulong entry = Read(word);
            if (reader.IsValid(entry, table.Level) && reader.IsTable(entry, table.Level))
                Remember(new TablePage(reader.AddressOf(entry, table.Level), table.Level + 1, table.Base + IndexOf(word) * reader.SizeOf(table.Level)));
        }
    }

    private void Forget(ulong page)
    {
        TablePage table = _tables[page];
        _tables.Remove(page);
        for (ulong word = page; word < page + PageSize; word += sizeof(ulong))
        {
            ulong entry = Read(word);
            if (reader.IsValid(entry, table.Level) && reader.IsTable(entry, table.Level))
                Forget(reader.AddressOf(entry, table.Level));
        }
    }

    // A broken table entry leaves leaves below it behind: one address is not enough for it.
    private bool Covers(BrokenEntry broken, ulong address, ulong input)
    {
        int level = broken.Table.Level;
        ulong start = broken.Table.Base + IndexOf(address) * reader.SizeOf(level);
        return !reader.IsTable(broken.Value, level) && input - start < reader.SizeOf(level);
    }

    private bool IsUnlinked(TablePage table) => _broken.Values.Any(broken =>
        reader.IsTable(broken.Value, broken.Table.Level) && Reaches(reader.AddressOf(broken.Value, broken.Table.Level), table));

    private bool Reaches(ulong page, TablePage target)
    {
        TablePage from = _tables[page];
        return page == target.Page || from.Level < target.Level
            && target.Base - from.Base < reader.SizeOf(from.Level - 1);
    }

    private void Advance(Func<ulong, bool> matches, BreakStage from, BreakStage to)
    {
        foreach (ulong address in _broken.Keys.Where(address => _broken[address].Stage == from && matches(address)).ToArray())
            _broken[address] = _broken[address] with { Stage = to };
    }

    private void Fail(string fault) => Faults.Add(fault);

    private FakePage PageAt(ulong address)
    {
        if (!_pages.TryGetValue(PageOf(address), out FakePage? page))
            _pages.Add(PageOf(address), page = new FakePage(PageOf(address)));
        return page;
    }

    private static ulong PageOf(ulong address) => address & ~(PageSize - 1);

    private static ulong IndexOf(ulong address) => (address & (PageSize - 1)) / sizeof(ulong);
}

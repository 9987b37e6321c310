using System.Collections.Generic;
using Bulkhead.Memory;
using Bulkhead.Tests.Fake;

namespace Bulkhead.Tests.Core;

/// <summary>One fake machine, one pool, and a root for each of several guests.</summary>
internal sealed class TableBench<TFormat> where TFormat : struct, IPageTableFormat
{
    /// <summary>The pool's pages; no guest owns memory here.</summary>
    public const ulong PoolStart = 0x7_0000_0000;

    private PagePool<FakeOps> _pool;
    private readonly HostPhys[] _roots;

    public TableBench(int guests, ulong pages = 4096)
    {
        Machine = new FakeMachine(FakeEntryReader.Of<TFormat>());
        FakeMachine.Current = Machine;
        _pool = new PagePool<FakeOps>(new HostPhys(PoolStart), pages);
        _roots = new HostPhys[guests];
        for (int i = 0; i < guests; i++)
        {
            _pool.TryTake(out _roots[i]);
            Machine.AddRoot(_roots[i].Value);
        }
        FakeOps.CompleteWrites();
        FakeOps.Synchronize();
    }

    public FakeMachine Machine { get; }

    public ulong PagesTaken => _pool.Taken;

    public PageTable<TFormat, FakeOps> Table(int guest = 0) => new(ref _pool, _roots[guest]);

    public PageTableStatus Map(Mapping mapping, int guest = 0)
    {
        PageTableStatus status = Table(guest).Map(mapping.Input, new HostPhys(mapping.Output), mapping.Bytes, mapping.Attributes);
        Machine.CheckQuiet();
        return status;
    }

    public PageTableStatus Unmap(ulong input, ulong bytes, int guest = 0)
    {
        PageTableStatus status = Table(guest).Unmap(input, bytes);
        Machine.CheckQuiet();
        return status;
    }

    /// <summary>Every leaf that walks from a guest's root reach, read from memory without PageTable's help.</summary>
    public List<Mapping> Leaves(int guest = 0)
    {
        List<Mapping> leaves = [];
        Collect(_roots[guest].Value, 0, 0, leaves);
        return leaves;
    }

    private void Collect(ulong table, int level, ulong start, List<Mapping> leaves)
    {
        ulong size = 1ul << TFormat.ShiftOf(level);
        for (ulong i = 0; i < 512; i++)
        {
            ulong entry = Machine.Read(table + i * sizeof(ulong));
            if (!TFormat.IsValid(entry, level))
                continue;
            ulong address = TFormat.AddressOf(entry, level).Value;
            if (TFormat.IsTable(entry, level))
                Collect(address, level + 1, start + i * size, leaves);
            else
                leaves.Add(new Mapping(start + i * size, size, address, TFormat.AttributesOf(entry, level)));
        }
    }
}

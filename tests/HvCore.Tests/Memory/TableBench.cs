using System.Collections.Generic;
using Bulkhead.Memory;
using Bulkhead.Tests.Fake;

namespace Bulkhead.Tests.Core;

/// <summary>One fake machine, one pool, and a root for each of several guests.</summary>
internal sealed class TableBench<TFormat> where TFormat : struct, IPageTableFormat
{
    /// <summary>The pool's pages; no guest owns memory here.</summary>
    public const ulong PoolStart = 0x7_0000_0000;

    private static readonly FakeOps _ops = default;

    private PagePool _pool;
    private readonly TFormat _format;
    private readonly HostPhys[] _roots;

    public TableBench(TFormat format, int guests, ulong pages = 4096)
    {
        _format = format;
        Machine = new FakeMachine(FakeEntryReader.Of(format));
        FakeMachine.Current = Machine;
        _pool = new PagePool(new HostPhys(PoolStart), pages);
        _roots = new HostPhys[guests];
        for (int i = 0; i < guests; i++)
        {
            _pool.TryTake(_ops, out _roots[i]);
            Machine.AddRoot(_roots[i].Value);
        }
        _ops.CompleteWrites();
        _ops.Synchronize();
    }

    public FakeMachine Machine { get; }

    public ulong PagesTaken => _pool.Taken;

    public PageTable<TFormat, FakeOps> Table(int guest = 0) => new(ref _pool, _roots[guest], _format, _ops);

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

    /// <summary>What the hardware makes of an address under a guest's tables.</summary>
    public HardwareAccess Access(HardwareWalk walk, ulong input, int guest = 0) => walk(Machine.Read, _roots[guest].Value, input);

    private void Collect(ulong table, int level, ulong start, List<Mapping> leaves)
    {
        ulong size = 1ul << _format.ShiftOf(level);
        for (ulong i = 0; i < 512; i++)
        {
            ulong entry = Machine.Read(table + i * sizeof(ulong));
            if (!_format.IsValid(entry, level))
                continue;
            ulong address = _format.AddressOf(entry, level).Value;
            if (_format.IsTable(entry, level))
                Collect(address, level + 1, start + i * size, leaves);
            else
                leaves.Add(new Mapping(start + i * size, size, address, _format.AttributesOf(entry, level)));
        }
    }
}

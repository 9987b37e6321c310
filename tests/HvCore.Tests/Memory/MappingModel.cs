using System;
using System.Collections.Generic;
using System.Linq;

namespace Bulkhead.Tests.Core;

/// <summary>What a table should say: disjoint ranges by their first address.</summary>
internal sealed class MappingModel
{
    private readonly SortedDictionary<ulong, Mapping> _ranges = [];

    public IEnumerable<Mapping> Ranges => _ranges.Values;

    public void Map(Mapping mapping)
    {
        Unmap(mapping.Input, mapping.Bytes);
        _ranges.Add(mapping.Input, mapping);
    }

    public void Unmap(ulong input, ulong bytes)
    {
        ulong end = input + bytes;
        foreach (Mapping old in _ranges.Values.Where(range => range.Input < end && range.End > input).ToArray())
        {
            _ranges.Remove(old.Input);
            if (old.Input < input)
                _ranges.Add(old.Input, old.Part(old.Input, input));
            if (old.End > end)
                _ranges.Add(end, old.Part(end, old.End));
        }
    }

    public Mapping? Find(ulong input) =>
        _ranges.Values.Where(range => range.Input <= input && input < range.End).Select(range => (Mapping?)range).FirstOrDefault();

    /// <summary>Null when these leaves are exactly the model; each leaf must lie in one range, and all together fill them.</summary>
    public string? Compare(IReadOnlyCollection<Mapping> leaves)
    {
        foreach (Mapping leaf in leaves)
        {
            if (Find(leaf.Input) is not { } range || !range.Contains(leaf))
                return $"mapped but not asked for: {leaf}";
        }
        ulong mapped = leaves.Aggregate(0ul, (sum, leaf) => sum + leaf.Bytes);
        ulong asked = _ranges.Values.Aggregate(0ul, (sum, range) => sum + range.Bytes);
        return mapped == asked ? null : $"{mapped:x} bytes mapped, {asked:x} asked for";
    }
}

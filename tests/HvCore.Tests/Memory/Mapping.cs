using Bulkhead.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>A range of the model, or a leaf of a table.</summary>
internal readonly record struct Mapping(ulong Input, ulong Bytes, ulong Output, MapAttributes Attributes)
{
    public ulong End => Input + Bytes;

    public Mapping Part(ulong start, ulong end) => new(start, end - start, Output + (start - Input), Attributes);

    public bool Contains(Mapping leaf) => leaf.Input >= Input && leaf.End <= End && leaf == Part(leaf.Input, leaf.End);
}

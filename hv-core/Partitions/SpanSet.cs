using System.Runtime.CompilerServices;

namespace Bulkhead.Partitions;

/// <summary>Stretches of one address space that share no byte.</summary>
internal struct SpanSet
{
    // The mappings of a guest and its seven windows; the slots of all guests; a board's RAM and devices are fewer.
    private const int Capacity = GuestEntry.MaxMappings + 7;

    private int _count;
    private Storage _spans;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private AddressSpan _first;
    }

    public void Clear() => _count = 0;

    /// <summary>Adds a sound span; false if it overlaps one that is here.</summary>
    public bool Add(AddressSpan span)
    {
        if (Touches(span))
            return false;
        _spans[_count++] = span;
        return true;
    }

    /// <summary>Whether a sound span overlaps one that is here.</summary>
    public readonly bool Touches(AddressSpan span)
    {
        for (int i = 0; i < _count; i++)
        {
            if (span.Overlaps(_spans[i]))
                return true;
        }
        return false;
    }
}

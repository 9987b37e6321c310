using System.Numerics;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Pulse;

/// <summary>Counts by powers of two: bucket n holds what is below 2^n microseconds, the last one everything above.</summary>
internal struct Histogram
{
    public const int Buckets = 16;

    [InlineArray(Buckets)]
    private struct Counts
    {
        private ulong _first;
    }

    private Counts _counts;

    public void Add(ulong microseconds)
    {
        int bucket = 64 - BitOperations.LeadingZeroCount(microseconds);
        _counts[bucket < Buckets ? bucket : Buckets - 1]++;
    }

    public readonly ulong this[int bucket] => _counts[bucket];
}

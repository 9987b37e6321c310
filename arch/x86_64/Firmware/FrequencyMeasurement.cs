using System;

namespace Bulkhead.X86.Firmware;

/// <summary>How fast a counter counts, by a reference of known speed.</summary>
public static class FrequencyMeasurement
{
    /// <summary>Of these the one that took the least time: what was interrupted (SMIs) does not count.</summary>
    private const int Samples = 8;
    /// <summary>Reads of a reference that does not move before it is taken for dead.</summary>
    private const int Patience = 1_000_000;
    private const uint MillisecondsMeasured = 20;

    /// <summary>Counts in a second; 0 when the reference does not count.</summary>
    /// <param name="hertz">Of the reference; 50 Hz to 1 GHz.</param>
    /// <param name="mask">All ones as far as the reference counts, at least 24 bits.</param>
    public static ulong Measure<TPair>(ref TPair pair, ulong hertz, uint mask)
        where TPair : struct, ICounterPair
    {
        uint wanted = (uint)(hertz * MillisecondsMeasured / 1000);
        (ulong startCounter, uint start) = Sample(ref pair);
        uint last = start;
        for (int patience = Patience; (last - start & mask) < wanted;)
        {
            uint now = pair.ReadReference();
            if (now == last && --patience == 0)
                return 0;
            last = now;
        }
        (ulong endCounter, uint end) = Sample(ref pair);
        return (endCounter - startCounter) * hertz / (end - start & mask);
    }

    /// <summary>Both at one time.</summary>
    public static (ulong Counter, uint Reference) Sample<TPair>(ref TPair pair)
        where TPair : struct, ICounterPair
    {
        ulong least = ulong.MaxValue;
        ulong counter = 0;
        uint reference = 0;
        for (int i = 0; i < Samples; i++)
        {
            ulong before = pair.ReadCounter();
            uint between = pair.ReadReference();
            ulong took = pair.ReadCounter() - before;
            if (took >= least)
                continue;
            least = took;
            counter = before + took / 2;
            reference = between;
        }
        return (counter, reference);
    }
}

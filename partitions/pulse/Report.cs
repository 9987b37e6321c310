namespace Bulkhead.Guests.Pulse;

/// <summary>The low-priority task: once in a thousand periods, one line; the control task may interrupt it anywhere.</summary>
internal static class Report
{
    public static void Write(in ControlTask seen)
    {
        Console.Write("pulse: t="u8);
        Console.WriteDecimal(seen.Periods / seen.Rate);
        Console.Write("s periods="u8);
        Console.WriteDecimal(seen.Periods);
        Console.Write(" misses="u8);
        Console.WriteDecimal(seen.Misses);
        Console.Write(" max="u8);
        Console.WriteDecimal(seen.MaxLatency);
        Console.Write("us out="u8);
        Console.WriteDecimal(seen.Output);
        Console.Write(" hist="u8);
        bool first = true;
        for (int bucket = 0; bucket < Histogram.Buckets; bucket++)
        {
            ulong count = seen.Latency[bucket];
            if (count == 0)
                continue;
            if (!first)
                Console.Write(", "u8);
            first = false;
            WriteBucket(bucket);
            Console.WriteDecimal(count);
        }
        Console.WriteLine(""u8);
    }

    private static void WriteBucket(int bucket)
    {
        bool last = bucket == Histogram.Buckets - 1;
        Console.Write(last ? ">="u8 : "<"u8);
        Console.WriteDecimal(1ul << (last ? bucket - 1 : bucket));
        Console.Write("us:"u8);
    }
}

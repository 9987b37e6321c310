using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Microbench;

/// <summary>One operation's ticks: 8 to warm up, then the thousand that count.</summary>
[InlineArray(Warmup + Count)]
internal struct Samples
{
    public const int Warmup = 8;
    public const int Count = 1000;

    private uint _first;

    /// <summary>`MB name n= min= med= p99= max= mean=`; exceptions during the operation show behind.</summary>
    public static void Report(ReadOnlySpan<byte> name, Span<uint> counted, uint exceptions)
    {
        Sort(counted);
        ulong sum = 0;
        for (int i = 0; i < counted.Length; i++)
            sum += counted[i];
        Console.Write("MB "u8);
        Console.Write(name);
        Field(" n="u8, (uint)counted.Length);
        Field(" min="u8, counted[0]);
        Field(" med="u8, counted[counted.Length / 2]);
        Field(" p99="u8, counted[counted.Length * 99 / 100]);
        Field(" max="u8, counted[counted.Length - 1]);
        Field(" mean="u8, sum / (uint)counted.Length);
        if (exceptions != 0)
            Field(Operations.ExceptionsName, exceptions);
        Console.WriteLine(""u8);
    }

    private static void Field(ReadOnlySpan<byte> name, ulong value)
    {
        Console.Write(name);
        Console.WriteDecimal(value);
    }

    // Heapsort: in place, and no worse on samples that are nearly all equal.
    private static void Sort(Span<uint> values)
    {
        for (int root = values.Length / 2 - 1; root >= 0; root--)
            SiftDown(values, root, values.Length);
        for (int end = values.Length - 1; end > 0; end--)
        {
            (values[0], values[end]) = (values[end], values[0]);
            SiftDown(values, 0, end);
        }
    }

    private static void SiftDown(Span<uint> values, int root, int end)
    {
        while (true)
        {
            int child = 2 * root + 1;
            if (child >= end)
                return;
            if (child + 1 < end && values[child + 1] > values[child])
                child++;
            if (values[root] >= values[child])
                return;
            (values[root], values[child]) = (values[child], values[root]);
            root = child;
        }
    }
}

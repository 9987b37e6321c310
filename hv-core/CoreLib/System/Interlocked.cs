using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>Sequentially consistent atomics; the JIT emits LDXR/STXR or locked instructions for them.</summary>
public static class Interlocked
{
    [Intrinsic]
    public static int CompareExchange(ref int location, int value, int comparand) => CompareExchange(ref location, value, comparand);

    [Intrinsic]
    public static long CompareExchange(ref long location, long value, long comparand) => CompareExchange(ref location, value, comparand);

    public static uint CompareExchange(ref uint location, uint value, uint comparand) =>
        (uint)CompareExchange(ref Unsafe.As<uint, int>(ref location), (int)value, (int)comparand);

    public static ulong CompareExchange(ref ulong location, ulong value, ulong comparand) =>
        (ulong)CompareExchange(ref Unsafe.As<ulong, long>(ref location), (long)value, (long)comparand);

    [Intrinsic]
    public static int Exchange(ref int location, int value) => Exchange(ref location, value);

    [Intrinsic]
    public static long Exchange(ref long location, long value) => Exchange(ref location, value);

    public static uint Exchange(ref uint location, uint value) => (uint)Exchange(ref Unsafe.As<uint, int>(ref location), (int)value);

    public static ulong Exchange(ref ulong location, ulong value) => (ulong)Exchange(ref Unsafe.As<ulong, long>(ref location), (long)value);

    [Intrinsic]
    private static int ExchangeAdd(ref int location, int value) => ExchangeAdd(ref location, value);

    [Intrinsic]
    private static long ExchangeAdd(ref long location, long value) => ExchangeAdd(ref location, value);

    public static int Add(ref int location, int value) => ExchangeAdd(ref location, value) + value;

    public static long Add(ref long location, long value) => ExchangeAdd(ref location, value) + value;

    public static uint Add(ref uint location, uint value) => (uint)Add(ref Unsafe.As<uint, int>(ref location), (int)value);

    public static ulong Add(ref ulong location, ulong value) => (ulong)Add(ref Unsafe.As<ulong, long>(ref location), (long)value);

    public static int Increment(ref int location) => Add(ref location, 1);

    public static uint Increment(ref uint location) => Add(ref location, 1u);

    public static long Increment(ref long location) => Add(ref location, 1);

    public static ulong Increment(ref ulong location) => Add(ref location, 1ul);

    public static int Decrement(ref int location) => Add(ref location, -1);

    public static uint Decrement(ref uint location) => (uint)Add(ref Unsafe.As<uint, int>(ref location), -1);

    [Intrinsic]
    public static int Or(ref int location, int value)
    {
        int seen = location;
        while (true)
        {
            int before = CompareExchange(ref location, seen | value, seen);
            if (before == seen)
                return before;
            seen = before;
        }
    }

    public static uint Or(ref uint location, uint value) => (uint)Or(ref Unsafe.As<uint, int>(ref location), (int)value);

    [Intrinsic]
    public static long Or(ref long location, long value)
    {
        long seen = location;
        while (true)
        {
            long before = CompareExchange(ref location, seen | value, seen);
            if (before == seen)
                return before;
            seen = before;
        }
    }

    public static ulong Or(ref ulong location, ulong value) => (ulong)Or(ref Unsafe.As<ulong, long>(ref location), (long)value);

    [Intrinsic]
    public static int And(ref int location, int value)
    {
        int seen = location;
        while (true)
        {
            int before = CompareExchange(ref location, seen & value, seen);
            if (before == seen)
                return before;
            seen = before;
        }
    }

    public static uint And(ref uint location, uint value) => (uint)And(ref Unsafe.As<uint, int>(ref location), (int)value);

    [Intrinsic]
    public static long And(ref long location, long value)
    {
        long seen = location;
        while (true)
        {
            long before = CompareExchange(ref location, seen & value, seen);
            if (before == seen)
                return before;
            seen = before;
        }
    }

    public static ulong And(ref ulong location, ulong value) => (ulong)And(ref Unsafe.As<ulong, long>(ref location), (long)value);

    [Intrinsic]
    public static void MemoryBarrier() => MemoryBarrier();
}

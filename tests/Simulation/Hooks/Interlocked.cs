using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Hooks;

/// <summary>As <see cref="Volatile"/>: atomic since one CPU runs at a time.</summary>
internal static class Interlocked
{
    public static void MemoryBarrier() => Scheduler.Point();

    public static int Exchange(ref int location, int value)
    {
        Scheduler.Point();
        int before = location;
        location = value;
        return before;
    }

    public static int CompareExchange(ref int location, int value, int expected)
    {
        Scheduler.Point();
        int before = location;
        if (before == expected)
            location = value;
        return before;
    }

    public static int Or(ref int location, int value)
    {
        Scheduler.Point();
        int before = location;
        location = before | value;
        return before;
    }

    public static int And(ref int location, int value)
    {
        Scheduler.Point();
        int before = location;
        location = before & value;
        return before;
    }

    public static int Add(ref int location, int value)
    {
        Scheduler.Point();
        return location += value;
    }

    public static int Increment(ref int location)
    {
        Scheduler.Point();
        return ++location;
    }

    public static int Decrement(ref int location)
    {
        Scheduler.Point();
        return --location;
    }

    public static uint Exchange(ref uint location, uint value)
    {
        Scheduler.Point();
        uint before = location;
        location = value;
        return before;
    }

    public static uint CompareExchange(ref uint location, uint value, uint expected)
    {
        Scheduler.Point();
        uint before = location;
        if (before == expected)
            location = value;
        return before;
    }

    public static uint Or(ref uint location, uint value)
    {
        Scheduler.Point();
        uint before = location;
        location = before | value;
        return before;
    }

    public static uint And(ref uint location, uint value)
    {
        Scheduler.Point();
        uint before = location;
        location = before & value;
        return before;
    }

    public static uint Add(ref uint location, uint value)
    {
        Scheduler.Point();
        return location += value;
    }

    public static uint Increment(ref uint location)
    {
        Scheduler.Point();
        return ++location;
    }

    public static ulong Exchange(ref ulong location, ulong value)
    {
        Scheduler.Point();
        ulong before = location;
        location = value;
        return before;
    }

    public static ulong CompareExchange(ref ulong location, ulong value, ulong expected)
    {
        Scheduler.Point();
        ulong before = location;
        if (before == expected)
            location = value;
        return before;
    }

    public static ulong Or(ref ulong location, ulong value)
    {
        Scheduler.Point();
        ulong before = location;
        location = before | value;
        return before;
    }

    public static ulong And(ref ulong location, ulong value)
    {
        Scheduler.Point();
        ulong before = location;
        location = before & value;
        return before;
    }

    public static ulong Add(ref ulong location, ulong value)
    {
        Scheduler.Point();
        return location += value;
    }

    public static ulong Increment(ref ulong location)
    {
        Scheduler.Point();
        return ++location;
    }
}

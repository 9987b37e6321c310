using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Hooks;

/// <summary>Before each access another CPU may come first. One runs at a time, so the access itself is an ordinary one.</summary>
internal static class Volatile
{
    public static T Read<T>(ref readonly T location)
    {
        Scheduler.Point();
        return location;
    }

    public static void Write(ref int location, int value)
    {
        Scheduler.Point();
        location = value;
    }

    public static void Write(ref uint location, uint value)
    {
        Scheduler.Point();
        location = value;
    }

    public static void Write(ref ulong location, ulong value)
    {
        Scheduler.Point();
        location = value;
    }
}

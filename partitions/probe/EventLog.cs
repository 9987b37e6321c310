using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>What vCPU 0's interrupt handler did, in order: an INTID on entry, INTID | Leave on exit.</summary>
internal static class EventLog
{
    public const uint Leave = 1u << 31;
    private const int Capacity = 256;

    [InlineArray(Capacity)]
    private struct Events
    {
        private uint _first;
    }

    private static Events s_events;
    private static int s_count;
    private static int s_entries;

    /// <summary>Interrupts taken since Clear.</summary>
    public static int Entries => Volatile.Read(ref s_entries);

    public static int Count => Volatile.Read(ref s_count);

    public static uint At(int index) => s_events[index];

    /// <summary>The INTID of the n-th interrupt taken; 0 beyond the last.</summary>
    public static uint Entry(int n)
    {
        for (int i = 0; i < s_count; i++)
        {
            if ((s_events[i] & Leave) == 0 && n-- == 0)
                return s_events[i];
        }
        return 0;
    }

    public static void Clear()
    {
        Volatile.Write(ref s_count, 0);
        Volatile.Write(ref s_entries, 0);
    }

    public static void Add(uint value)
    {
        if (s_count < Capacity)
            s_events[s_count] = value;
        Volatile.Write(ref s_count, System.Math.Min(s_count + 1, Capacity));
        if ((value & Leave) == 0)
            Volatile.Write(ref s_entries, s_entries + 1);
    }
}

using System.Threading;

namespace Bulkhead.Lifecycle;

/// <summary>
/// The board's own watchdog while a hypervisor is on trial. Its first stage has started it; whoever loads a guest, or looks
/// whether one on trial has proved itself, feeds it; the end of the trial stops it. As each guest has its time for that,
/// nobody feeds it for ever.
/// </summary>
public static class TrialWatchdog<TArch> where TArch : struct, IArch
{
    /// <summary>What a guest's load may take, and more than two looks are apart.</summary>
    public const uint Milliseconds = 300_000;

    private const ulong SecondsBetweenLooks = 60;

    private static int s_runs;

    /// <summary>At boot, of a hypervisor on trial, once it has an appliance table.</summary>
    public static void Begin()
    {
        Volatile.Write(ref s_runs, TArch.TryOpenBoardWatchdog() ? 1 : 0);
        Feed();
    }

    public static void Feed()
    {
        if (Volatile.Read(ref s_runs) != 0)
            TArch.FeedBoardWatchdog(Milliseconds);
    }

    public static void End()
    {
        if (Interlocked.Exchange(ref s_runs, 0) != 0)
            TArch.StopBoardWatchdog();
    }

    /// <summary>When to look again at a guest that has until <paramref name="due"/>.</summary>
    public static ulong NextLook(ulong due, ulong now)
    {
        ulong soon = now + SecondsBetweenLooks * TArch.ClockHertz;
        return Volatile.Read(ref s_runs) != 0 && (long)(due - soon) > 0 ? soon : due;
    }
}

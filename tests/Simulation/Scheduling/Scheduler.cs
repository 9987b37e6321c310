using System;
using System.Threading;

namespace Bulkhead.Simulation.Scheduling;

/// <summary>
/// One CPU of the board runs at a time; at every point where its code touches what others see, the dice say who goes on.
/// The same seed gives the same interleaving.
/// </summary>
internal static class Scheduler
{
    private static Fiber[] s_fibers = [];
    private static Fiber? s_current;
    private static IWorld s_world = null!;
    private static Dice s_dice = null!;
    private static int s_switchOneIn;
    private static int s_masked;
    private static bool s_ending;
    private static readonly SemaphoreSlim s_done = new(0);

    public static Fiber Current => s_current!;

    public static bool HasCurrent => s_current is not null;

    public static bool Ending => s_ending;

    /// <summary>Points pass by while this is not zero: for checks that use the hypervisor's own code.</summary>
    public static ref int Masked => ref s_masked;

    /// <summary>Runs a board from CPU 0's reset to its end.</summary>
    /// <param name="switchOneIn">Another CPU comes at one point in so many.</param>
    /// <param name="cpu">What a CPU does from its reset on; never returns but by <see cref="BoardEnds"/>.</param>
    public static void Run(IWorld world, Dice dice, int cpus, int switchOneIn, Action<int> cpu)
    {
        s_world = world;
        s_dice = dice;
        s_switchOneIn = switchOneIn;
        s_ending = false;
        s_masked = 0;
        s_fibers = new Fiber[cpus];
        for (int i = 0; i < cpus; i++)
        {
            Fiber fiber = s_fibers[i] = new(i);
            new System.Threading.Thread(() => RunFiber(fiber, cpu), 1 << 20) { IsBackground = true }.Start();
        }
        s_fibers[0].Started = true;
        s_current = s_fibers[0];
        s_current.Turn.Release();
        s_done.Wait();
        s_current = null;
    }

    /// <summary>A CPU comes out of reset.</summary>
    public static void Start(int cpu) => s_fibers[cpu].Started = true;

    /// <summary>All that happens inside the hypervisor may take as long again.</summary>
    public static void ForgetTimes()
    {
        foreach (Fiber fiber in s_fibers)
            fiber.Inside = 0;
    }

    public static Fiber Of(int cpu) => s_fibers[cpu];

    /// <summary>The calling CPU's next access is seen by others: it may be their turn first.</summary>
    public static void Point()
    {
        if (s_current is not { } here || s_masked != 0)
            return;
        here.Inside++;
        s_world.AfterStep(here);
        if (s_switchOneIn == 1 || s_dice.OneIn(s_switchOneIn))
            SwitchTo(Choose(here));
        ThrowIfEnding();
    }

    /// <summary>The calling CPU can go on only after another did something.</summary>
    public static void Spin()
    {
        if (s_current is not { } here || s_masked != 0)
            return;
        here.Inside++;
        here.Spins = true;
        s_world.AfterStep(here);
        SwitchTo(Choose(here));
        here.Spins = false;
        ThrowIfEnding();
    }

    /// <summary>The calling CPU sleeps until the world lets it wake.</summary>
    public static void Wait()
    {
        Fiber here = s_current!;
        s_world.AfterStep(here);
        here.Waits = true;
        SwitchTo(Choose(here));
        here.Waits = false;
        ThrowIfEnding();
    }

    /// <summary>Every CPU leaves at its next point.</summary>
    public static void End() => s_ending = true;

    private static void ThrowIfEnding()
    {
        if (s_ending)
            throw new BoardEnds();
    }

    private static Fiber Choose(Fiber here)
    {
        while (!s_ending)
        {
            // Those who wait for others come less often.
            Fiber? next = Choose(s_dice.OneIn(4)) ?? Choose(true);
            if (next is not null)
                return next;
            if (!s_world.OnAllWaiting())
                s_ending = true;
        }
        return here;
    }

    private static Fiber? Choose(bool spinning)
    {
        int first = s_dice.Next(s_fibers.Length);
        for (int i = 0; i < s_fibers.Length; i++)
        {
            Fiber fiber = s_fibers[(first + i) % s_fibers.Length];
            if (fiber.Started && !fiber.Ended && (spinning || !fiber.Spins) && (!fiber.Waits || s_world.MayWake(fiber)))
                return fiber;
        }
        return null;
    }

    private static void SwitchTo(Fiber next)
    {
        Fiber here = s_current!;
        if (next == here)
            return;
        s_current = next;
        next.Turn.Release();
        here.Turn.Wait();
    }

    private static void RunFiber(Fiber fiber, Action<int> cpu)
    {
        fiber.Turn.Wait();
        try
        {
            if (!s_ending)
                cpu(fiber.Cpu);
        }
        catch (BoardEnds)
        {
        }
        catch (Exception error)
        {
            s_world.OnCrash(fiber, error);
        }
        s_ending = true;
        fiber.Ended = true;
        foreach (Fiber other in s_fibers)
        {
            if (other.Ended)
                continue;
            s_current = other;
            other.Turn.Release();
            return;
        }
        s_done.Release();
    }
}

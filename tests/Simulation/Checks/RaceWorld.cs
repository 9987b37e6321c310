using System;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>A few CPUs at one object, without a board: nothing comes from outside, and nobody waits.</summary>
/// <param name="life">The seed's dice, and whom a violation is told.</param>
/// <param name="name">What it is a race of or for, for messages.</param>
internal abstract class RaceWorld(Life life, string name) : IWorld
{
    protected Life Life { get; } = life;

    protected Dice Dice => Life.Dice;

    /// <summary>
    /// CPU 0 starts the others, and each does a few things. Who is asked by another answers until nobody does anything any
    /// more; then all leave together, in the middle of nothing.
    /// </summary>
    protected void PlayOut(int cpus, int mostActs, Action<int> act, Func<int, bool> answer)
    {
        int busy = cpus, inside = cpus;
        Scheduler.Run(this, Dice, cpus, Dice.Of(1, 2, 4, 16), cpu =>
        {
            for (int other = 1; other < cpus; other++)
                Scheduler.Start(other);
            for (int acts = Dice.Between(4, mostActs); acts != 0; acts--)
                act(cpu);
            for (busy--; busy != 0; Scheduler.Spin())
                answer(cpu);
            for (inside--; inside != 0;)
                Scheduler.Spin();
        });
    }

    public void AfterStep(Fiber here)
    {
        if (here.Inside > Life.LongestRace)
            Life.Fail($"a race {name} does not end; CPU {here.Cpu}");
    }

    public bool MayWake(Fiber fiber) => false;

    public bool OnAllWaiting() => false;

    public void OnCrash(Fiber here, Exception error) => Life.Fail($"a race {name}: {error}");
}

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

    public void AfterStep(Fiber here)
    {
        if (here.Inside > Life.LongestRace)
            Life.Fail($"a race {name} does not end; CPU {here.Cpu}");
    }

    public bool MayWake(Fiber fiber) => false;

    public bool OnAllWaiting() => false;

    public void OnCrash(Fiber here, Exception error) => Life.Fail($"a race {name}: {error}");
}

using System;

namespace Bulkhead.Simulation.Scheduling;

/// <summary>What the scheduler asks of the board it runs.</summary>
internal interface IWorld
{
    /// <summary>One step is over: looks at the invariants, and lets the world outside go on.</summary>
    void AfterStep(Fiber here);

    bool MayWake(Fiber fiber);

    /// <summary>No CPU can run: something must come from outside. False when nothing ever will.</summary>
    bool OnAllWaiting();

    /// <summary>A CPU's code failed.</summary>
    void OnCrash(Fiber here, Exception error);
}

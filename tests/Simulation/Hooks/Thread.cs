using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Hooks;

internal static class Thread
{
    /// <summary>Whoever waits for another CPU lets one run.</summary>
    public static void SpinWait(int iterations) => Scheduler.Spin();
}

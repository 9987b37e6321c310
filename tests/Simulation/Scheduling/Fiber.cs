using System.Threading;

namespace Bulkhead.Simulation.Scheduling;

/// <summary>One board CPU: a thread of its own, which runs only while it has the baton.</summary>
internal sealed class Fiber(int cpu)
{
    public readonly int Cpu = cpu;
    public readonly SemaphoreSlim Turn = new(0);

    /// <summary>Out of reset.</summary>
    public bool Started;
    public bool Ended;

    /// <summary>Sleeps until the board says it may wake.</summary>
    public bool Waits;

    /// <summary>Waits for another CPU by looking again and again.</summary>
    public bool Spins;

    /// <summary>Inside the hypervisor since the guest's exit, in points of its own.</summary>
    public int Inside;

    /// <summary>How often it found the wire without room since then.</summary>
    public int LooksAtWire;

    /// <summary>Out of the hypervisor, or where it may stay for long.</summary>
    public void ComesOut() => Inside = LooksAtWire = 0;
}

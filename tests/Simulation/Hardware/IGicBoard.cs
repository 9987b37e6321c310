using Bulkhead.Arm64.Gic;

namespace Bulkhead.Simulation.Hardware;

/// <summary>What has a GIC: the board, or a race's few CPUs.</summary>
internal interface IGicBoard
{
    /// <summary>The calling one.</summary>
    int Cpu { get; }

    ListRegisters ListsOf(int cpu);

    /// <summary>A list register has been written.</summary>
    void Listed(int cpu, int index, ListRegister value);

    /// <summary>One that the calling CPU may change.</summary>
    PhysicalInterrupt Own(int cpu, uint intid);

    void Routed(int cpu, int target);

    void Kick(int cpu);
}

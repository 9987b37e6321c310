using Bulkhead.Simulation.Scheduling;
using Bulkhead.X86.Apic;

namespace Bulkhead.Simulation.Hardware;

/// <summary>The PC that runs, as its guests' APICs see it.</summary>
internal readonly struct SimulatedApics : IApicHardware
{
    private static PcBoard Board => (PcBoard)Hardware.Board.Current;

    public static void Kick(int physicalCpu) => Board.Kick(physicalCpu);

    public static ulong ReadTsc() => Board.Time++;

    public static void EndPhysical(uint gsi)
    {
        Scheduler.Point();
        Board.End(gsi);
    }
}

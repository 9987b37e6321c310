using Bulkhead.Arm64.Gic;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Hardware;

/// <summary>The GIC of whatever runs, as the calling CPU reaches it.</summary>
internal readonly struct SimulatedGic : IGicCpuInterface
{
    public static IGicBoard Board = null!;

    private static int Cpu => Board.Cpu;
    private static ListRegisters Mine => Board.ListsOf(Cpu);

    public static int ListRegisterCount => Mine.Values.Length;
    public static ListRegister ReadListRegister(int index) => Mine.Values[index];

    public static void WriteListRegister(int index, ListRegister value)
    {
        Mine.Values[index] = value;
        Board.Listed(Cpu, index, value);
    }

    public static void WriteListRegister0(ListRegister value) => WriteListRegister(0, value);

    public static void NoteListed(uint intid)
    {
    }

    public static ulong ReadHcr() => Mine.Hcr | (ulong)Mine.EoiCount << 27;

    public static void WriteHcr(ulong value)
    {
        Mine.Hcr = value & 0x7ff_ffff;
        Mine.EoiCount = HypControl.EoiCount(value);
    }

    public static uint ReadElrsr() => Mine.Elrsr;
    public static uint ReadEisr() => Mine.Eisr;
    public static uint AcknowledgePhysical() => ListRegisters.Spurious;
    public static void DropPriority(uint intid) { }
    public static void DeactivatePhysical(uint intid) => SetPhysicalActive(intid, false);

    public static void SendKick(int physicalCpu) => Board.Kick(physicalCpu);

    public static void Relax() => Scheduler.Spin();

    public static void SetPhysicalEnable(uint intid, bool enable) => Own(intid).Enabled = enable;
    public static void SetPhysicalPending(uint intid, bool pending) => Own(intid).Pending = pending;
    public static void SetPhysicalActive(uint intid, bool active) => Own(intid).Active = active;
    public static void SetPhysicalEdge(uint intid, bool edge) => Own(intid).Edge = edge;

    public static void SetPhysicalRoute(uint intid, int physicalCpu)
    {
        PhysicalInterrupt its = Own(intid);
        Board.Routed(Cpu, physicalCpu);
        its.Route = physicalCpu;
    }

    public static bool ReadPhysicalPending(uint intid)
    {
        PhysicalInterrupt its = Own(intid);
        return its.Pending || its.Line && !its.Edge;
    }

    private static PhysicalInterrupt Own(uint intid)
    {
        Scheduler.Point();
        return Board.Own(Cpu, intid);
    }
}

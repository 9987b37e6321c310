using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A CPU's vCPU as the table has it, and the guard page below its stack.</summary>
internal static class CpuSetup
{
    public static void Prepare(int cpu)
    {
        HostMap.UnmapGuardPage(CpuBlocks.StartOf(cpu));
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        vcpu.Core.AssignTo(cpu);
        vcpu.KickValue = GicHardware.KickValueOf(ApplianceTables.Board.CpuId[cpu]);
    }
}

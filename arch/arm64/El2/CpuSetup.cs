using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A CPU's vCPU as the table has it, and the guard page below its stack.</summary>
internal static class CpuSetup
{
    public static void Prepare(int cpu)
    {
        HostMap.UnmapGuardPage(CpuBlocks.StartOf(cpu));
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        vcpu.Core.Cpu = cpu;
        vcpu.KickValue = GicHardware.KickValueOf(ApplianceTables.Board.CpuId[cpu]);
        vcpu.Core.Guest = -1;
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
        {
            ref readonly GuestEntry entry = ref ApplianceTables.Guest(guest);
            for (int index = 0; index < entry.VcpuCount; index++)
            {
                if (entry.Cpu[index] != (uint)cpu)
                    continue;
                vcpu.Core.Guest = guest;
                vcpu.Core.Index = index;
            }
        }
    }
}

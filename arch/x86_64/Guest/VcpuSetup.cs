using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>A CPU's vCPU as the table has it, by the boot CPU, and its guest's RAM in the CPU's tables.</summary>
internal static class VcpuSetup
{
    public static void Prepare(int cpu)
    {
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        vcpu.Core.Cpu = cpu;
        vcpu.Core.Guest = -1;
        VirtualMachine.PrepareCpu(ref vcpu);
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
        {
            ref readonly GuestEntry entry = ref ApplianceTables.Guest(guest);
            for (int index = 0; index < entry.VcpuCount; index++)
            {
                if (entry.Cpu[index] != (uint)cpu)
                    continue;
                vcpu.Core.Guest = guest;
                vcpu.Core.Index = index;
                MapRam(cpu, in entry);
            }
        }
    }

    private static void MapRam(int cpu, in GuestEntry entry)
    {
        for (int i = 0; i < entry.MappingCount; i++)
        {
            if (entry.Mapping[i].Kind == MappingKind.Ram)
                HostMap.Add(cpu, entry.Mapping[i].Host, entry.Mapping[i].Size, MapAttributes.Read | MapAttributes.Write);
        }
    }
}

using Bulkhead.Partitions;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>A CPU's vCPU as the table has it, by the boot CPU, and its guest's RAM in the CPU's tables.</summary>
internal static class VcpuSetup
{
    public static void Prepare(int cpu)
    {
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        vcpu.Core.AssignTo(cpu);
        VirtualMachine.PrepareCpu(ref vcpu);
        if (vcpu.Core.Guest >= 0)
            HostMap.AddGuest(cpu, in ApplianceTables.Guest(vcpu.Core.Guest));
    }
}

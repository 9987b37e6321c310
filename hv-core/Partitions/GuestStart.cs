using System.Threading;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Vcpus;

namespace Bulkhead.Partitions;

/// <summary>On the CPU of a guest's vCPU 0: loads its package, checks the private copy, and has it entered.</summary>
public static class GuestStart<TArch> where TArch : struct, IArch
{
    /// <summary>Does not return when the guest is not to start.</summary>
    public static void Run(ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        if ((partition.Entry.Flags & GuestFlags.AutoStart) == 0)
        {
            HypervisorLog<TArch>.Guest(partition.Index, "is not started at boot, as its manifest says"u8);
            VcpuLoop<TArch>.Park(ref vcpu);
        }
        if (!GuestPackage<TArch>.TryLoad(ref partition, out GuestPhys entry, out GuestPhys argument))
            GuestStop<TArch>.Stop(ref vcpu, StopReason.PackageRefused);
        TArch.BeginGuest(ref partition);
        vcpu.Entry = entry;
        vcpu.EntryArgument = argument.Value;
        Volatile.Write(ref partition.State, (int)GuestState.Running);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.OnPending);
        HypervisorLog<TArch>.Guest(partition.Index, "starts"u8);
    }
}

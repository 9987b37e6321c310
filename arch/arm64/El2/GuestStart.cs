using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>On the CPU of a guest's vCPU 0: loads its package, checks the private copy, and enters it.</summary>
internal static unsafe class GuestStart
{
    public static void Run(ref Vcpu vcpu, ref Partition partition)
    {
        if ((partition.Entry.Flags & GuestFlags.AutoStart) == 0)
        {
            HypervisorLog.Guest(partition.Index, "is not started at boot, as its manifest says"u8);
            CpuLoop.Park(ref vcpu);
        }
        if (!GuestPackage.TryLoad(ref partition, out GuestPhys entry, out GuestPhys deviceTree))
            GuestStop.Stop(ref vcpu, StopReason.PackageRefused);
        partition.CounterOffset = SystemRegister.ReadCntpct();
        SystemRegister.WriteCntvoff(partition.CounterOffset);
        GuestInterrupts.StartGuest(ref partition);
        vcpu.Entry = entry;
        vcpu.EntryArgument = deviceTree.Value;
        Volatile.Write(ref partition.State, (int)GuestState.Running);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.OnPending);
        HypervisorLog.Guest(partition.Index, "starts"u8);
    }
}

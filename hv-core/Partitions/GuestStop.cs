using System;
using System.Threading;
using Bulkhead.Diagnostics;
using Bulkhead.Vcpus;

namespace Bulkhead.Partitions;

/// <summary>
/// Ends one guest: says why, tells its other CPUs, and keeps this one in the hypervisor. The neighbours notice nothing.
/// A restart policy will hang here.
/// </summary>
public static class GuestStop<TArch> where TArch : struct, IArch
{
    /// <summary>Does not return: this is a CPU of the guest.</summary>
    public static void Stop(ref VcpuCore vcpu, StopReason reason)
    {
        Announce(ref vcpu, reason);
        End(ref vcpu);
    }

    /// <summary>The first line of a report that the architecture goes on with, before <see cref="End"/>.</summary>
    public static void Announce(ref VcpuCore vcpu, StopReason reason) =>
        HypervisorLog<TArch>.Guest(vcpu.Guest, TextList.At(Texts, (int)reason));

    /// <summary>The guest is stopped, on all its CPUs. Does not return.</summary>
    public static void End(ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        Volatile.Write(ref partition.State, (int)GuestState.Stopped);
        for (int i = 0; i < partition.VcpuCount; i++)
        {
            if ((int)partition.CpuOf(i) != vcpu.Cpu)
                TArch.Kick((int)partition.CpuOf(i));
        }
        Quiesce(ref vcpu);
    }

    /// <summary>On each CPU of a stopped guest: nothing of it can interrupt any more. Does not return.</summary>
    public static void Quiesce(ref VcpuCore vcpu)
    {
        TArch.Quiesce(ref vcpu, Volatile.Read(ref vcpu.Power) == (int)VcpuPower.On);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.Off);
        VcpuLoop<TArch>.Park(ref vcpu);
    }

    // In StopReason's order.
    private static ReadOnlySpan<byte> Texts =>
        "powered off\0"u8 +
        "stopped: it asked for a reset, and this appliance has no restart policy\0"u8 +
        "not started: its package was refused\0"u8 +
        "stopped: instruction fetch outside its memory\0"u8 +
        "stopped: the same access failed again after an external abort was delivered\0"u8 +
        "stopped: SError\0"u8 +
        "stopped: stage 2 fault\0"u8 +
        "stopped: triple fault\0"u8 +
        "stopped: an access outside its memory by an instruction that is not emulated\0"u8 +
        "stopped: an interrupt or exception whose handler's table or stack lies outside its memory\0"u8 +
        "stopped: a task switch by hardware, which VT-x does not run\0"u8;
}

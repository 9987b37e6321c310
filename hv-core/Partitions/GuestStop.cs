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
    public static void Announce(ref VcpuCore vcpu, StopReason reason) => HypervisorLog<TArch>.Guest(vcpu.Guest, Text(reason));

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

    private static ReadOnlySpan<byte> Text(StopReason reason)
    {
        switch (reason)
        {
            case StopReason.SystemOff:
                return "powered off"u8;
            case StopReason.SystemReset:
                return "stopped: it asked for a reset, and this appliance has no restart policy"u8;
            case StopReason.PackageRefused:
                return "not started: its package was refused"u8;
            case StopReason.InstructionFetchOutsideMemory:
                return "stopped: instruction fetch outside its memory"u8;
            case StopReason.FaultWhileTakingFault:
                return "stopped: the same access failed again after an external abort was delivered"u8;
            case StopReason.SystemError:
                return "stopped: SError"u8;
            case StopReason.TripleFault:
                return "stopped: triple fault"u8;
            case StopReason.UnknownInstruction:
                return "stopped: an access outside its memory by an instruction that is not emulated"u8;
            case StopReason.DeliveryOutsideMemory:
                return "stopped: an interrupt or exception whose handler's table or stack lies outside its memory"u8;
            case StopReason.TaskSwitch:
                return "stopped: a task switch by hardware, which VT-x does not run"u8;
            default:
                return "stopped: stage 2 fault"u8;
        }
    }
}

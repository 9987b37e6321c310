using System;
using System.Threading;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Ends one guest: says why, tells its other CPUs, and keeps this one in EL2. The neighbours notice nothing.
/// A restart policy will hang here.
/// </summary>
internal static class GuestStop
{
    /// <summary>For a reason without an exit behind it. Does not return on a CPU of the guest.</summary>
    public static void Stop(ref Vcpu vcpu, StopReason reason)
    {
        HypervisorLog.Guest(vcpu.Guest, reason == StopReason.SystemOff ? "powered off"u8 : Text(reason));
        End(ref vcpu);
    }

    /// <summary>With the report of the exit that led here: syndrome, addresses, registers.</summary>
    public static void StopWithReport(ref Vcpu vcpu, StopReason reason, EsrEl2 esr, ulong ipa, ulong far)
    {
        HypervisorLog.Guest(vcpu.Guest, Text(reason));
        GuestReport.Write(ref vcpu, esr, ipa, far);
        End(ref vcpu);
    }

    private static void End(ref Vcpu vcpu)
    {
        ref Partition partition = ref Partitions.Of(vcpu.Guest);
        Volatile.Write(ref partition.State, (int)GuestState.Stopped);
        for (int i = 0; i < partition.VcpuCount; i++)
        {
            if ((int)partition.CpuOf(i) != vcpu.Cpu)
                GicHardware.SendKick((int)partition.CpuOf(i));
        }
        Quiesce(ref vcpu);
    }

    /// <summary>On each CPU of a stopped guest: nothing of it can interrupt any more.</summary>
    public static void Quiesce(ref Vcpu vcpu)
    {
        SystemRegister.WriteCntvCtl(0);
        SystemRegister.WriteCnthpCtl(0);
        if (Volatile.Read(ref vcpu.Power) == (int)VcpuPower.On)
            GuestInterrupts.StopCpu(ref vcpu);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.Off);
        CpuLoop.Park(ref vcpu);
    }

    private static ReadOnlySpan<byte> Text(StopReason reason)
    {
        switch (reason)
        {
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
            default:
                return "stopped: stage 2 fault"u8;
        }
    }
}

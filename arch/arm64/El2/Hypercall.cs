using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// HVC and SMC from EL1: PSCI, SMCCC and our own calls. Arguments and result are in X0-X3 (DEN 0028 2.6); unknown
/// calls cost one comparison chain and return NOT_SUPPORTED.
/// </summary>
internal static class Hypercall
{
    [RuntimeExport("HandleHypercall")]
    private static void Handle(ref Vcpu vcpu, EsrEl2 esr)
    {
        uint function = (uint)vcpu.Context.X[0];
        if ((function & 0xbfff_ffe0) == Psci.Version)
            vcpu.Context.X[0] = PsciCall(ref vcpu, function);
        else if ((function & 0xffff_ffe0) == 0xc600_0000)
            vcpu.Context.X[0] = HypervisorCall.Handle(ref vcpu.Core, function, vcpu.Context.X[1], vcpu.Context.X[2]);
        else
            vcpu.Context.X[0] = ArchitectureCall(ref vcpu, function);
    }

    /// <summary>SMC is trapped (HCR_EL2.TSC) and answered as HVC would be: the firmware below is the board's, not a guest's.</summary>
    public static void HandleSmc(ref Vcpu vcpu, EsrEl2 esr) => Handle(ref vcpu, esr);

    private static ulong PsciCall(ref Vcpu vcpu, uint function)
    {
        if (function == Psci.Version)
            return Psci.Version11;
        switch (function)
        {
            case Psci.Features:
                return Features((uint)vcpu.Context.X[1]);
            case Psci.CpuOn32:
            case Psci.CpuOn64:
                return CpuOn(ref vcpu, vcpu.Context.X[1], new GuestPhys(vcpu.Context.X[2]), vcpu.Context.X[3]);
            case Psci.CpuOff:
                VcpuLoop.TurnOff(ref vcpu.Core);
                return Psci.Success;
            case Psci.CpuSuspend32:
            case Psci.CpuSuspend64:
                // Standby only, and a wake-up at once is always allowed (DEN 0022 5.4); the guest's own WFI is not trapped.
                return Psci.Success;
            case Psci.AffinityInfo32:
            case Psci.AffinityInfo64:
                return AffinityInfo(ref vcpu, vcpu.Context.X[1], vcpu.Context.X[2]);
            case Psci.MigrateInfoType:
                return Psci.NoMigration;
            case Psci.SystemOff:
                GuestStop.Stop(ref vcpu.Core, StopReason.SystemOff);
                return Psci.Success;
            case Psci.SystemReset:
                GuestStop.Stop(ref vcpu.Core, StopReason.SystemReset);
                return Psci.Success;
            default:
                return Psci.NotSupported;
        }
    }

    private static ulong Features(uint function)
    {
        switch (function)
        {
            case Psci.Version:
            case Psci.Features:
            case Psci.CpuOn32:
            case Psci.CpuOn64:
            case Psci.CpuOff:
            case Psci.CpuSuspend32:
            case Psci.CpuSuspend64:
            case Psci.AffinityInfo32:
            case Psci.AffinityInfo64:
            case Psci.MigrateInfoType:
            case Psci.SystemOff:
            case Psci.SystemReset:
            case Smccc.Version:
                return Psci.Success;
            default:
                return Psci.NotSupported;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong CpuOn(ref Vcpu vcpu, ulong affinity, GuestPhys entry, ulong argument)
    {
        if ((entry.Value & 3) != 0 && affinity < vcpu.Partition.Core.VcpuCount)
            return Psci.InvalidAddress;
        return VcpuLoop.TurnOn(ref vcpu.Partition.Core, affinity, entry, argument) switch
        {
            TurnOnResult.Done => Psci.Success,
            TurnOnResult.NoSuchVcpu => Psci.InvalidParameters,
            TurnOnResult.BadEntry => Psci.InvalidAddress,
            TurnOnResult.AlreadyOn => Psci.AlreadyOn,
            _ => Psci.OnPending,
        };
    }

    private static ulong AffinityInfo(ref Vcpu vcpu, ulong affinity, ulong lowestLevel)
    {
        ref Partition partition = ref vcpu.Partition;
        if (lowestLevel != 0 || affinity >= partition.Core.VcpuCount)
            return Psci.InvalidParameters;
        int power = Volatile.Read(ref CpuBlocks.Of((int)partition.Core.CpuOf((int)affinity)).Core.Power);
        return power == (int)VcpuPower.On ? Psci.AffinityOn
            : power == (int)VcpuPower.Off ? Psci.AffinityOff
            : Psci.AffinityOnPending;
    }

    private static ulong ArchitectureCall(ref Vcpu vcpu, uint function)
    {
        switch (function)
        {
            case Smccc.Version:
                return Smccc.Version11;
            case Smccc.ArchFeatures:
                uint asked = (uint)vcpu.Context.X[1];
                return asked is Smccc.Version or Smccc.ArchFeatures
                    ? Psci.Success
                    : Firmware.WorkaroundFeature(asked);
            case Smccc.Workaround1:
            case Smccc.Workaround2:
            case Smccc.Workaround3:
                return Firmware.Workaround(function, vcpu.Context.X[1]);
            case Smccc.CallUid:
                // 9b8a6a52-6f4e-4c1d-8f5a-42756c6b6864, in four little-endian words (DEN 0028 6.2)
                vcpu.Context.X[1] = 0x1d4c_4e6f;
                vcpu.Context.X[2] = 0x7542_5a8f;
                vcpu.Context.X[3] = 0x6468_6b6c;
                return 0x526a_8a9b;
            case Smccc.CallRevision:
                vcpu.Context.X[1] = HypervisorCall.OwnVersion & 0xffff;
                return HypervisorCall.OwnVersion >> 16;
            default:
                return Psci.NotSupported;
        }
    }
}

using System.Threading;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Vcpus;

/// <summary>A vCPU's life between off and on, and what its CPU does while there is nothing to run: it waits and serves interrupts.</summary>
public static class VcpuLoop<TArch> where TArch : struct, IArch
{
    /// <summary>The vCPU turns itself off. Does not return.</summary>
    public static void TurnOff(ref VcpuCore vcpu)
    {
        TArch.Quiesce(ref vcpu, true);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.Off);
        WaitForOn(ref vcpu);
    }

    /// <summary>Asks for another vCPU of the same guest, from any of its CPUs.</summary>
    /// <param name="partition">The guest.</param>
    /// <param name="index">Which of its vCPUs; what is none is refused.</param>
    /// <param name="entry">Where it starts, in the guest's RAM.</param>
    /// <param name="argument">What it finds in its first argument register.</param>
    public static TurnOnResult TurnOn(ref PartitionCore partition, ulong index, GuestPhys entry, ulong argument)
    {
        if (index >= partition.VcpuCount)
            return TurnOnResult.NoSuchVcpu;
        if (!partition.IsRam(entry))
            return TurnOnResult.BadEntry;
        ref VcpuCore target = ref TArch.Vcpu((int)partition.CpuOf((int)index));
        int before = Interlocked.CompareExchange(ref target.Power, (int)VcpuPower.Claimed, (int)VcpuPower.Off);
        if (before == (int)VcpuPower.On)
            return TurnOnResult.AlreadyOn;
        if (before != (int)VcpuPower.Off)
            return TurnOnResult.Pending;
        target.Entry = entry;
        target.EntryArgument = argument;
        Volatile.Write(ref target.Power, (int)VcpuPower.OnPending);
        TArch.Kick(target.Cpu);
        return TurnOnResult.Done;
    }

    /// <summary>Waits until another vCPU turns this one on, then enters it. Does not return.</summary>
    public static void WaitForOn(ref VcpuCore vcpu)
    {
        while (Volatile.Read(ref vcpu.Power) != (int)VcpuPower.OnPending || !IsGuestRunning(ref vcpu))
            TArch.Idle(ref vcpu);
        TArch.Reset(ref vcpu);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.On);
        TArch.Enter(ref vcpu);
    }

    /// <summary>For a CPU that owns no running guest. Does not return.</summary>
    public static void Park(ref VcpuCore vcpu)
    {
        while (true)
            TArch.Idle(ref vcpu);
    }

    private static bool IsGuestRunning(ref VcpuCore vcpu) =>
        vcpu.Guest >= 0 && Volatile.Read(ref TArch.Partition(vcpu.Guest).State) == (int)GuestState.Running;
}

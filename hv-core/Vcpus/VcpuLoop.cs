using System.Threading;
using Bulkhead.BlackBox;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Vcpus;

/// <summary>A vCPU's way between off and on; what its CPU does meanwhile is Lifecycle/GuestLife.cs.</summary>
public static class VcpuLoop<TArch> where TArch : struct, IArch
{
    /// <summary>The vCPU turns itself off. Does not return.</summary>
    public static void TurnOff(ref VcpuCore vcpu)
    {
        Silence(ref vcpu);
        TArch.Unwind(ref vcpu);
    }

    /// <summary>The vCPU is off, on its own CPU: nothing of it interrupts any more.</summary>
    public static void Silence(ref VcpuCore vcpu)
    {
        TArch.Quiesce(ref vcpu, Volatile.Read(ref vcpu.Power) == (int)VcpuPower.On);
        Recorder<TArch>.Note(vcpu.Cpu, TraceEvent.VcpuOff, (uint)vcpu.Index);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.Off);
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
        // Its guest may have been stopped meanwhile, and the claim with it.
        Interlocked.CompareExchange(ref target.Power, (int)VcpuPower.OnPending, (int)VcpuPower.Claimed);
        TArch.Kick(target.Cpu);
        return TurnOnResult.Done;
    }

    /// <summary>Enters the guest on a vCPU that was turned on. Does not return.</summary>
    public static void Enter(ref VcpuCore vcpu)
    {
        TArch.Reset(ref vcpu);
        Recorder<TArch>.Note(vcpu.Cpu, TraceEvent.VcpuOn, (uint)vcpu.Index, vcpu.Entry.Value);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.On);
        TArch.Enter(ref vcpu);
    }

    /// <summary>For a CPU that no guest owns. Does not return.</summary>
    public static void Park(ref VcpuCore vcpu)
    {
        while (true)
            TArch.Idle(ref vcpu);
    }
}

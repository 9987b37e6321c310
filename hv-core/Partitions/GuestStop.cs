using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.BlackBox;
using Bulkhead.Diagnostics;
using Bulkhead.Vcpus;

namespace Bulkhead.Partitions;

/// <summary>
/// Ends one guest: says why, tells its other CPUs, and brings this one out. The neighbours notice nothing. What follows
/// is its policy's to say (Lifecycle/GuestLife.cs).
/// </summary>
public static class GuestStop<TArch> where TArch : struct, IArch
{
    /// <summary>Does not return: this is a CPU of the guest.</summary>
    public static void Stop(ref VcpuCore vcpu, StopReason reason)
    {
        Begin(ref vcpu, reason);
        if (reason == StopReason.Watchdog)
            TArch.RecordGuest(ref vcpu, reason);
        End(ref vcpu);
    }

    /// <summary>
    /// The first line of a report that the architecture goes on with, before <see cref="End"/>. Does not return when the
    /// guest has been stopped already: the first reason counts.
    /// </summary>
    public static void Begin(ref VcpuCore vcpu, StopReason reason)
    {
        if (!TryBegin(ref TArch.Partition(vcpu.Guest), reason))
            TArch.Unwind(ref vcpu);
        Announce(ref vcpu, reason);
    }

    public static void Announce(ref VcpuCore vcpu, StopReason reason)
    {
        Recorder<TArch>.Note(vcpu.Cpu, TraceEvent.GuestStops, (uint)reason, (ulong)(uint)vcpu.Guest);
        HypervisorLog<TArch>.Guest(vcpu.Guest, StopReasonText.Of(reason));
    }

    /// <summary>The other CPUs of the guest come out of it, and this one. Does not return.</summary>
    public static void End(ref VcpuCore vcpu)
    {
        KickAll(in TArch.Partition(vcpu.Guest), vcpu.Cpu);
        TArch.Unwind(ref vcpu);
    }

    /// <summary>On each CPU of the guest, at a kick. Does not return when the guest has been stopped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(ref VcpuCore vcpu, in PartitionCore partition)
    {
        if (Volatile.Read(in partition.State) != (int)GuestState.Running)
            TArch.Unwind(ref vcpu);
    }

    /// <summary>Running to Stopping, once; from any CPU, which kicks the guest's CPUs then.</summary>
    internal static bool TryBegin(ref PartitionCore partition, StopReason reason)
    {
        if (Interlocked.CompareExchange(ref partition.State, (int)GuestState.Stopping, (int)GuestState.Running) != (int)GuestState.Running)
            return false;
        // A request is what Reason says since the guest's start: only its own CPUs write it, and rest after they have.
        if (reason != StopReason.Requested)
            partition.Reason = (int)reason;
        return true;
    }

    internal static void KickAll(in PartitionCore partition, int exceptCpu)
    {
        for (int i = 0; i < (int)partition.VcpuCount; i++)
        {
            if ((int)partition.CpuOf(i) != exceptCpu)
                TArch.Kick((int)partition.CpuOf(i));
        }
    }
}

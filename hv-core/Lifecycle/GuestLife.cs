using System;
using System.Threading;
using Bulkhead.BlackBox;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Lifecycle;

/// <summary>
/// What the CPUs of a guest do while they do not run it: each waits, serves the board's interrupts, and enters when its
/// vCPU is turned on; the CPU of vCPU 0 leads the guest from one <see cref="GuestState"/> to the next.
/// </summary>
/// <remarks>
/// A stop comes together on all the guest's CPUs: whoever stops it makes Running Stopping and kicks the others
/// (<see cref="GuestStop{TArch}"/>); each CPU comes out of the guest, silences its vCPU and says so in Resting; only when all
/// have does the leading CPU touch what they shared. No other guest's CPU takes part.
/// </remarks>
public static class GuestLife<TArch> where TArch : struct, IArch
{
    /// <summary>Where each CPU of a guest begins, and begins anew whenever it has left the guest for good. Does not return.</summary>
    public static void Run(ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref TArch.Partition(vcpu.Guest);
        while (true)
        {
            do
            {
                if (StateOf(in partition) == GuestState.Stopping)
                    Rest(ref vcpu, ref partition);
            }
            while (vcpu.Index == 0 && Advance(ref vcpu, ref partition));
            if (Volatile.Read(ref vcpu.Power) == (int)VcpuPower.OnPending && StateOf(in partition) == GuestState.Running)
                VcpuLoop<TArch>.Enter(ref vcpu);
            TArch.Idle(ref vcpu);
        }
    }

    /// <summary>
    /// From any CPU: what the guest is to do. The newest request counts, but a start takes back no restart, and behind a stop
    /// it is one: while the guest is loaded, that is how it comes to what was activated meanwhile.
    /// </summary>
    public static void Request(int guest, GuestRequest request)
    {
        ref PartitionCore partition = ref TArch.Partition(guest);
        GuestRequest before, wanted;
        do
        {
            before = (GuestRequest)Volatile.Read(ref partition.Request);
            wanted = request == GuestRequest.Start && before is (GuestRequest.Stop or GuestRequest.Restart) ? GuestRequest.Restart : request;
        }
        while (Interlocked.CompareExchange(ref partition.Request, (int)wanted, (int)before) != (int)before);
        if (wanted != GuestRequest.Start)
            GuestStop<TArch>.TryBegin(ref partition, StopReason.Requested);
        // One that runs already must not find it at its next end; one that is only about to run looks for it.
        else if (StateOf(in partition) == GuestState.Running)
            Interlocked.CompareExchange(ref partition.Request, (int)GuestRequest.None, (int)GuestRequest.Start);
        GuestStop<TArch>.KickAll(in partition, -1);
    }

    /// <summary>As anybody may see it.</summary>
    public static GuestState StateOf(in PartitionCore partition) => (GuestState)Volatile.Read(in partition.State);

    // Out of the guest: nothing of it can interrupt this CPU any more.
    private static void Rest(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        uint bit = 1u << vcpu.Index;
        // Read in this order: while the state is Stopping and this bit is clear, the leading CPU waits. The other way round a
        // stop that was seen long ago would be obeyed in the guest's next life.
        if ((Volatile.Read(ref partition.Resting) & bit) != 0 || StateOf(in partition) != GuestState.Stopping)
            return;
        VcpuLoop<TArch>.Silence(ref vcpu);
        Interlocked.Or(ref partition.Resting, bit);
        if (vcpu.Index != 0)
            TArch.Kick((int)partition.CpuOf(0));
    }

    /// <summary>The next step of the guest's life, on its leading CPU; false when there is none to take now.</summary>
    private static bool Advance(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        GuestState state = StateOf(in partition);
        switch (state)
        {
            case GuestState.Stopping:
                if (Volatile.Read(ref partition.Resting) != partition.AllVcpus)
                    return false;
                Stopped(ref vcpu, ref partition);
                return true;
            case GuestState.Running:
                return Obey(ref vcpu, ref partition, state);
            default:
                if (!Obey(ref vcpu, ref partition, state) && !IsDue(ref vcpu, ref partition, state))
                    return false;
                if (StateOf(in partition) == GuestState.Loading)
                    Load(ref vcpu, ref partition);
                return true;
        }
    }

    // A request that changes the state.
    private static bool Obey(ref VcpuCore vcpu, ref PartitionCore partition, GuestState state)
    {
        if (Volatile.Read(ref partition.Request) == (int)GuestRequest.None)
            return false;
        // What must stop first is obeyed when it has.
        if (state == GuestState.Running && Volatile.Read(ref partition.Request) != (int)GuestRequest.Start)
        {
            if (GuestStop<TArch>.TryBegin(ref partition, StopReason.Requested))
                GuestStop<TArch>.KickAll(in partition, vcpu.Cpu);
            return true;
        }
        GuestRequest request = (GuestRequest)Interlocked.Exchange(ref partition.Request, (int)GuestRequest.None);
        if (request == GuestRequest.None || state == GuestState.Running)
            return false;
        partition.Restarts.Clear();
        Become(ref partition, request == GuestRequest.Stop ? GuestState.Held : GuestState.Loading);
        return true;
    }

    private static bool IsDue(ref VcpuCore vcpu, ref PartitionCore partition, GuestState state)
    {
        if (state == GuestState.Waiting)
        {
            if ((partition.Entry.Flags & GuestFlags.AutoStart) == 0)
            {
                HypervisorLog<TArch>.Guest(partition.Index, "is not started at boot, as its manifest says"u8);
                Become(ref partition, GuestState.Held);
                return true;
            }
            if (!AreRunning(partition.Entry.After))
                return false;
        }
        else if (state != GuestState.Delayed || (long)(TArch.Now() - partition.StartDue) < 0)
        {
            return false;
        }
        Deadlines<TArch>.SetAlarm(ref vcpu, 0);
        Become(ref partition, GuestState.Loading);
        return true;
    }

    private static bool AreRunning(uint guests)
    {
        for (int guest = 0; guests != 0; guest++, guests >>= 1)
        {
            if ((guests & 1) != 0 && StateOf(in TArch.Partition(guest)) != GuestState.Running)
                return false;
        }
        return true;
    }

    // All its CPUs rest: it is as if it had never been, then the policy says what comes.
    private static void Stopped(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        TurnAllOff(in partition);
        BoardConsole<TArch>.Console.Receive(partition.Index).Clear();
        // Before the interrupts are made quiet that they may still ask for.
        DeviceReset<TArch>.Run(ref vcpu, in partition);
        TArch.ResetGuest(ref partition);
        StopReason reason = (StopReason)partition.Reason;
        // Of these nobody has spoken yet: they came from outside the guest.
        if (reason is StopReason.Requested or StopReason.Unconfirmed)
            GuestStop<TArch>.Announce(ref vcpu, reason);
        if (reason == StopReason.Unconfirmed)
            GuestTrial<TArch>.TryRollBack(ref vcpu, ref partition);
        GuestRequest request = (GuestRequest)Interlocked.Exchange(ref partition.Request, (int)GuestRequest.None);
        if (request == GuestRequest.None && reason != StopReason.Unconfirmed)
        {
            ApplyPolicy(ref vcpu, ref partition, reason);
            return;
        }
        partition.Restarts.Clear();
        partition.StartDue = TArch.Now();
        Become(ref partition, request == GuestRequest.Stop ? GuestState.Held : GuestState.Delayed);
    }

    private static void ApplyPolicy(ref VcpuCore vcpu, ref PartitionCore partition, StopReason reason)
    {
        ref readonly RestartPolicy policy = ref partition.Entry.Restart;
        ulong now = TArch.Now();
        ulong window = policy.WindowSeconds * TArch.ClockHertz;
        RestartReasons wanted = RestartReason.Of(reason);
        if ((policy.On & wanted) != 0 && partition.Restarts.TryAdd(policy.Limit, window, now))
        {
            LifeLog<TArch>.Restart(in partition, partition.Restarts.CountSince(window, now));
            partition.StartDue = now + policy.DelayMilliseconds * TArch.ClockHertz / 1000;
            Become(ref partition, GuestState.Delayed);
            Deadlines<TArch>.SetAlarm(ref vcpu, partition.StartDue);
            return;
        }
        // A package that is refused ends its guest alone, and a guest that wants to be off is.
        bool isLast = wanted != RestartReasons.None && wanted != RestartReasons.Off;
        if ((policy.On & wanted) != 0)
            LifeLog<TArch>.LimitReached(in partition);
        if (reason != StopReason.PackageRefused && TryOtherSlot(ref vcpu, ref partition, isLast && policy.Fallback != 0))
        {
            partition.Restarts.Clear();
            partition.StartDue = now;
            Become(ref partition, GuestState.Delayed);
            return;
        }
        if (isLast && policy.Last == LastResort.BoardReset)
        {
            HypervisorLog<TArch>.Guest(partition.Index, "its manifest wants the board reset"u8);
            BoardConsole<TArch>.Flush();
            TArch.ResetBoard();
        }
        if (isLast)
            HypervisorLog<TArch>.Guest(partition.Index, "is held off"u8);
        Become(ref partition, GuestState.Stopped);
    }

    // An update that would not be restarted has failed; a policy may want the other slot of what was confirmed.
    private static bool TryOtherSlot(ref VcpuCore vcpu, ref PartitionCore partition, bool fallback)
    {
        if (GuestTrial<TArch>.TryRollBack(ref vcpu, ref partition))
            return true;
        if (!fallback || !GuestTrial<TArch>.TryOther(ref vcpu, ref partition))
            return false;
        HypervisorLog<TArch>.Guest(partition.Index, "falls back to its other slot"u8);
        return true;
    }

    private static void Load(ref VcpuCore vcpu, ref PartitionCore partition)
    {
        GuestPhys entry, argument;
        GuestTrial<TArch>.Choose(ref vcpu, ref partition, out ImageRange slot, out ulong rollback);
        while (!GuestPackage<TArch>.TryLoad(ref vcpu, ref partition, slot, rollback, out entry, out argument))
        {
            partition.Reason = (int)StopReason.PackageRefused;
            GuestStop<TArch>.Announce(ref vcpu, StopReason.PackageRefused);
            if (!GuestTrial<TArch>.TryOther(ref vcpu, ref partition))
            {
                ApplyPolicy(ref vcpu, ref partition, StopReason.PackageRefused);
                return;
            }
            GuestTrial<TArch>.Choose(ref vcpu, ref partition, out slot, out rollback);
        }
        TArch.BeginGuest(ref partition);
        GuestWatchdog<TArch>.Begin(ref vcpu);
        GuestTrial<TArch>.Begin(ref vcpu, ref partition);
        vcpu.Entry = entry;
        vcpu.EntryArgument = argument.Value;
        partition.Reason = (int)StopReason.Requested;
        Volatile.Write(ref partition.Resting, 0);
        partition.Starts++;
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.OnPending);
        Become(ref partition, GuestState.Running);
        Recorder<TArch>.Note(vcpu.Cpu, TraceEvent.GuestStarts, (uint)partition.Index, entry.Value);
        HypervisorLog<TArch>.Guest(partition.Index, "starts"u8);
        KickWaiting(partition.Index);
        GuestTrial<TArch>.Started(ref vcpu);
    }

    private static void TurnAllOff(in PartitionCore partition)
    {
        for (int i = 0; i < (int)partition.VcpuCount; i++)
            Volatile.Write(ref TArch.Vcpu((int)partition.CpuOf(i)).Power, (int)VcpuPower.Off);
    }

    // Those that were to come after this one. A restart disturbs nobody: they run by then.
    private static void KickWaiting(int started)
    {
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
        {
            ref PartitionCore other = ref TArch.Partition(guest);
            if ((other.Entry.After >> started & 1) != 0 && StateOf(in other) == GuestState.Waiting)
                TArch.Kick((int)other.CpuOf(0));
        }
    }

    /// <summary>Every change but that to Stopping, by the leading CPU; what was written before it is seen by whoever sees it.</summary>
    private static void Become(ref PartitionCore partition, GuestState state) => Interlocked.Exchange(ref partition.State, (int)state);
}

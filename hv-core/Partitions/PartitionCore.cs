using Bulkhead.Devices;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;

namespace Bulkhead.Partitions;

/// <summary>A guest at run time as the core sees it; an architecture's own partition contains it.</summary>
public struct PartitionCore
{
    public int Index;
    /// <summary>GuestState, by Volatile and Interlocked only.</summary>
    public int State;
    /// <summary>GuestRequest, by Volatile and Interlocked only.</summary>
    public int Request;
    /// <summary>StopReason of the last stop.</summary>
    public int Reason;
    /// <summary>vCPUs, a bit each, that have come out of a guest that is stopping.</summary>
    public uint Resting;
    /// <summary>How often it was started since the board was.</summary>
    public uint Starts;
    /// <summary>Where its package was loaded from last: 0 is slot a, 1 is b.</summary>
    public int Slot;
    /// <summary>When a delayed start is due, in clock counts.</summary>
    public ulong StartDue;
    public RestartHistory Restarts;
    public GuestEntry Entry;
    /// <summary>How the loaded package wants to be entered.</summary>
    public EntryKind EntryKind;
    /// <summary>For <see cref="EntryKind.Linux64"/>, where the package has them: the PML4 and the GDT.</summary>
    public GuestPhys PageTables, Gdt;
    public Watchdog Watchdog;
    /// <summary>While an update waits for this guest's word: when it goes back, in clock counts; else 0. By Volatile only.</summary>
    public ulong TrialDue;
    /// <summary>The same of its first life while a hypervisor or table on trial waits for it; its leading CPU's.</summary>
    public ulong BoardDue;
    /// <summary>The watchdog's deadline as nobody has fed it yet.</summary>
    public ulong UnfedDeadline;
    /// <summary>1 once it was said, since the board's start, that the guest works. By Volatile only.</summary>
    public int HasReported;

    public readonly uint VcpuCount => Entry.VcpuCount;

    /// <summary>A bit for each vCPU.</summary>
    public readonly uint AllVcpus => (1u << (int)VcpuCount) - 1;

    public readonly uint CpuOf(int vcpu) => Entry.Cpu[vcpu];

    public readonly bool IsRam(GuestPhys address)
    {
        for (int i = 0; i < Entry.MappingCount; i++)
        {
            if (Entry.Mapping[i].Kind == MappingKind.Ram && address.Value - Entry.Mapping[i].Guest.Value < Entry.Mapping[i].Size)
                return true;
        }
        return false;
    }

    /// <summary>Where <paramref name="bytes"/> of RAM at a guest address lie on the board; false when not all RAM.</summary>
    public readonly bool TryTranslate(GuestPhys address, ulong bytes, out HostPhys host)
    {
        for (int i = 0; i < (int)Entry.MappingCount; i++)
        {
            ref readonly GuestMapping mapping = ref Entry.Mapping[i];
            ulong offset = address.Value - mapping.Guest.Value;
            if (mapping.Kind == MappingKind.Ram && offset < mapping.Size && bytes <= mapping.Size - offset)
            {
                host = mapping.Host + offset;
                return true;
            }
        }
        host = default;
        return false;
    }
}

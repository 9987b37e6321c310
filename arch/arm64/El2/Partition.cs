using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest at run time: its table entry, stage 2 tables and virtual devices. Lives in pages of the pool.</summary>
internal struct Partition
{
    // First, where an exit reaches them with the shortest addresses.
    public DeviceBus Bus;
    public VirtualPl011 Uart;
    public GuestEntry Entry;
    public int Index;
    /// <summary>GuestState, by Volatile only.</summary>
    public int State;
    /// <summary>Root of the stage 2 tables.</summary>
    public HostPhys Stage2;
    /// <summary>CNTVOFF_EL2 of all its vCPUs: its virtual counter starts when it does.</summary>
    public ulong CounterOffset;
    public VirtualGic Gic;


    public readonly uint VcpuCount => Entry.VcpuCount;

    public readonly uint CpuOf(int vcpu) => Entry.Cpu[vcpu];

    /// <summary>VMID: 0 is left to the host.</summary>
    public readonly ulong Vmid => (ulong)(uint)Index + 1;

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
        for (int i = 0; i < Entry.MappingCount; i++)
        {
            ulong offset = address.Value - Entry.Mapping[i].Guest.Value;
            if (Entry.Mapping[i].Kind == MappingKind.Ram && offset < Entry.Mapping[i].Size && bytes <= Entry.Mapping[i].Size - offset)
            {
                host = Entry.Mapping[i].Host + offset;
                return true;
            }
        }
        host = default;
        return false;
    }
}

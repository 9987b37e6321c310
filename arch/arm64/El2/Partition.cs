using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest at run time: the core's part, stage 2 tables and virtual devices. Lives in pages of the pool.</summary>
internal struct Partition
{
    // First, where an exit reaches them with the shortest addresses.
    public DeviceBus Bus;
    public VirtualPl011 Uart;
    public PartitionCore Core;
    /// <summary>Root of the stage 2 tables.</summary>
    public HostPhys Stage2;
    /// <summary>CNTVOFF_EL2 of all its vCPUs: its virtual counter starts when it does.</summary>
    public ulong CounterOffset;
    public VirtualGic Gic;

    /// <summary>VMID: 0 is left to the host.</summary>
    public readonly byte Vmid => (byte)(Core.Index + 1);
}

using System.Runtime.InteropServices;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Devices;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>A guest at run time: the core's part, nested tables and virtual devices. Lives in pages of the pool.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Partition
{
    // First: it wants a page boundary.
    public VirtualApics Apics;
    public PartitionCore Core;
    /// <summary>Root of the nested or extended tables.</summary>
    public HostPhys Tables;
    /// <summary>Which ports exit (Policy/IoMap.cs).</summary>
    public HostPhys IoMap;
    public GuestClock Clock;
    public MmioBus Mmio;
    public PortBus Ports;
    public VirtualUart16550 Uart;
}

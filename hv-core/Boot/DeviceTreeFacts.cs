using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>What a device tree says of the things a board file says, too. A count of zero says nothing.</summary>
public struct DeviceTreeFacts
{
    public const int MaxMemory = 8;
    public const int MaxCpus = 64;
    public const int MaxUarts = 4;

    public int MemoryCount;
    public int CpuCount;
    public int UartCount;
    public bool HasGic;
    public bool HasInitrd;
    public MemoryRanges Memory;
    /// <summary>MPIDR_EL1 affinity of each CPU.</summary>
    public CpuIds CpuId;
    public Uarts Uart;
    public HostPhys Gicd;
    public HostPhys Gicr;
    public HostPhys InitrdStart;
    public HostPhys InitrdEnd;

    [InlineArray(MaxMemory)]
    public struct MemoryRanges
    {
        private HostRange _first;
    }

    [InlineArray(MaxCpus)]
    public struct CpuIds
    {
        private ulong _first;
    }

    [InlineArray(MaxUarts)]
    public struct Uarts
    {
        private DeviceTreeUart _first;
    }
}

using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Boot/Layout.h's numbers for C#, and the way between the hypervisor's own virtual and physical addresses.</summary>
internal static class HypervisorLayout
{
    /// <summary>Below: what a CPU maps besides the hypervisor.</summary>
    public const int VirtualBits = 38;
    public const ulong VirtualBase = 1ul << VirtualBits;
    public const ulong Size = 0x20_0000;
    public const int MaxCpus = 8;
    public const ulong CpuBlockSize = 0x5000;
    public const ulong VcpuOffset = 0x4000;

    private static ulong _physicalBase;

    public static HostPhys PhysicalBase
    {
        get => new(_physicalBase);
        set => _physicalBase = value.Value;
    }

    public static HostPhys ToPhysical(ulong virtualAddress) => new(virtualAddress - VirtualBase + _physicalBase);

    public static ulong ToVirtual(HostPhys address) => address.Value - _physicalBase + VirtualBase;
}

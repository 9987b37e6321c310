using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>
/// Device registers below 4 GiB, through <see cref="PhysicalRam"/>'s map: write-back there, and uncached by the memory type
/// range registers, which firmware has set (SDM 3 12.5.2.1). Bodies in Start.S.
/// </summary>
internal readonly struct Mmio : IMmio32
{
    public static uint Read32(HostPhys address) => MmioRead32(BootMemory.VirtualOffset + address.Value);
    public static void Write32(HostPhys address, uint value) => MmioWrite32(BootMemory.VirtualOffset + address.Value, value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioRead32")] private static extern uint MmioRead32(ulong address);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioWrite32")] private static extern void MmioWrite32(ulong address, uint value);
}

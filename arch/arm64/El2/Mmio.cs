using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Device registers at their physical addresses: each CPU's tables map devices one to one.</summary>
internal readonly struct Mmio : IMmio
{
    public static uint Read32(HostPhys address) => Instruction.MmioRead32(address.Value);
    public static void Write32(HostPhys address, uint value) => Instruction.MmioWrite32(address.Value, value);
    public static byte Read8(HostPhys address) => Instruction.MmioRead8(address.Value);
    public static void Write8(HostPhys address, byte value) => Instruction.MmioWrite8(address.Value, value);
}

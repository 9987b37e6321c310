using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>Device registers, which this CPU's tables map one to one: every call is one access. Bodies in Boot/Accessors.S.</summary>
internal static class Mmio
{
    public static uint Read32(HostPhys address) => MmioRead32(address.Value);
    public static void Write32(HostPhys address, uint value) => MmioWrite32(address.Value, value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioRead32")] private static extern uint MmioRead32(ulong address);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MmioWrite32")] private static extern void MmioWrite32(ulong address, uint value);
}

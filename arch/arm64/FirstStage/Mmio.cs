using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.FirstStage;

/// <summary>Device registers; bodies in Start.S.</summary>
internal readonly struct Mmio : IMmio32
{
    public static uint Read32(HostPhys address) => Mmio32Read(address.Value);
    public static void Write32(HostPhys address, uint value) => Mmio32Write(address.Value, value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Mmio32Write")]
    private static extern void Mmio32Write(ulong address, uint value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Mmio32Read")]
    private static extern uint Mmio32Read(ulong address);
}

using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>Device registers and ports: one access each, in assembly, so that the compiler neither merges nor hoists them.</summary>
internal static class Device
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Read32")]
    public static extern uint Read32(ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Write32")]
    public static extern void Write32(ulong address, uint value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Port_In8")]
    public static extern byte In8(uint port);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Port_Out8")]
    public static extern void Out8(uint port, byte value);
}

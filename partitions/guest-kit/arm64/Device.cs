using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>Device registers: one access each, in assembly, so that the compiler neither merges nor hoists them.</summary>
internal static class Device
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Read8")]
    public static extern byte Read8(ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Read32")]
    public static extern uint Read32(ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Read64")]
    public static extern ulong Read64(ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Write8")]
    public static extern void Write8(ulong address, byte value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Write32")]
    public static extern void Write32(ulong address, uint value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Write64")]
    public static extern void Write64(ulong address, ulong value);
}

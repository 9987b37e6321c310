using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.X86.Disk;

namespace Bulkhead.X86.Host;

/// <summary>The board's I/O ports; bodies in Boot/Accessors.S.</summary>
internal readonly struct PortIo : IAtaPorts
{
    public static byte In8(ushort port) => (byte)In8Call(port);
    public static ushort In16(ushort port) => (ushort)In16Call(port);
    public static uint In32(ushort port) => In32Call(port);
    public static void Out8(ushort port, byte value) => Out8Call(port, value);
    public static void Out16(ushort port, ushort value) => Out16Call(port, value);
    public static void Out32(ushort port, uint value) => Out32Call(port, value);

    public static void In32Block(ushort port, Span<byte> room) => In32BlockCall(port, ref MemoryMarshal.GetReference(room), (ulong)(uint)room.Length / sizeof(uint));

    public static void Out32Block(ushort port, ReadOnlySpan<byte> bytes) => Out32BlockCall(port, in MemoryMarshal.GetReference(bytes), (ulong)(uint)bytes.Length / sizeof(uint));

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "In8")] private static extern uint In8Call(uint port);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "In16")] private static extern uint In16Call(uint port);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "In32")] private static extern uint In32Call(uint port);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Out8")] private static extern void Out8Call(uint port, uint value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Out16")] private static extern void Out16Call(uint port, uint value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Out32")] private static extern void Out32Call(uint port, uint value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "In32Block")] private static extern void In32BlockCall(uint port, ref byte room, ulong count);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Out32Block")] private static extern void Out32BlockCall(uint port, in byte bytes, ulong count);
}

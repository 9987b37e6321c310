using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Partitions;
using Bulkhead.X86.Devices;
using Access = Bulkhead.X86.Devices.PortAccess<
    Bulkhead.Diagnostics.ConsoleMultiplexer<Bulkhead.Devices.BoardUart<Bulkhead.X86.Guest.X86>, Bulkhead.X86.Guest.X86>,
    Bulkhead.X86.Guest.GuestLine, Bulkhead.X86.Guest.GuestLine,
    Bulkhead.Devices.ControlUart<
        Bulkhead.Devices.VirtualUart16550, Bulkhead.X86.Guest.ControlOutput, Bulkhead.X86.Guest.GuestLine,
        Bulkhead.Lifecycle.UpdateLines<Bulkhead.X86.Guest.X86>>>;

namespace Bulkhead.X86.Guest;

/// <summary>IN and OUT of one unit.</summary>
internal static class PortExit
{
    /// <summary>RAX after an IN: 4 bytes clear the upper half, fewer leave the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Merge(ulong rax, uint value, uint bytes) =>
        bytes == 1 ? rax & ~0xfful | (byte)value : bytes == 2 ? rax & ~0xfffful | (ushort)value : value;

    /// <param name="vcpu">Whose access.</param>
    /// <param name="port">Where.</param>
    /// <param name="bytes">1, 2 or 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadInline(ref Vcpu vcpu, uint port, uint bytes)
    {
        if (bytes != (uint)AccessSize.Byte)
            return ReadWide(ref vcpu, port, (AccessSize)bytes);
        ref Partition partition = ref vcpu.Partition;
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        return Access.Read(ref partition.Ports, ref partition.Uart, port, AccessSize.Byte, ref BoardConsole.Console, ref line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInline(ref Vcpu vcpu, uint port, uint bytes, uint value)
    {
        if (bytes != (uint)AccessSize.Byte)
        {
            WriteWide(ref vcpu, port, (AccessSize)bytes, value);
            return;
        }
        WritePorts(ref vcpu, port, AccessSize.Byte, value);
    }

    // The watchdog's ports are 32 bits wide and take nothing else; all others have a byte.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadWide(ref Vcpu vcpu, uint port, AccessSize size)
    {
        ref Partition partition = ref vcpu.Partition;
        if (size == AccessSize.Word && partition.Ports.IsWatchdog(port, out uint register))
            return PortWatchdog.Read<X86>(ref vcpu.Core, register);
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        return Access.Read(ref partition.Ports, ref partition.Uart, port, size, ref BoardConsole.Console, ref line);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteWide(ref Vcpu vcpu, uint port, AccessSize size, uint value)
    {
        if (size == AccessSize.Word && vcpu.Partition.Ports.IsWatchdog(port, out uint register))
            PortWatchdog.Write<X86>(ref vcpu.Core, register, value);
        else
            WritePorts(ref vcpu, port, size, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePorts(ref Vcpu vcpu, uint port, AccessSize size, uint value)
    {
        ref Partition partition = ref vcpu.Partition;
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        PowerRequest request = Access.Write(ref partition.Ports, ref partition.Uart, port, size, value, ref BoardConsole.Console, ref line);
        if (BoardConsole.Console.IsHolding)
            Deadlines.ArmConsole(ref vcpu.Core);
        if (request != PowerRequest.None)
            GuestStop.Stop(ref vcpu.Core, request == PowerRequest.Off ? StopReason.SystemOff : StopReason.SystemReset);
    }

    /// <summary>The same for callers that are not counted in single instructions.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read(ref Vcpu vcpu, uint port, uint bytes) => ReadInline(ref vcpu, port, bytes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(ref Vcpu vcpu, uint port, uint bytes, uint value) => WriteInline(ref vcpu, port, bytes, value);
}

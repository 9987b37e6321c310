using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Partitions;
using Bulkhead.X86.Devices;
using Access = Bulkhead.X86.Devices.PortAccess<
    Bulkhead.Devices.BoardUart<Bulkhead.X86.Guest.X86>, Bulkhead.X86.Guest.X86, Bulkhead.X86.Guest.GuestLine, Bulkhead.X86.Guest.GuestLine>;

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
        ref Partition partition = ref vcpu.Partition;
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        return Access.Read(ref partition.Ports, ref partition.Uart, port, (AccessSize)bytes, ref BoardConsole.Console, ref line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInline(ref Vcpu vcpu, uint port, uint bytes, uint value)
    {
        ref Partition partition = ref vcpu.Partition;
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        PowerRequest request = Access.Write(ref partition.Ports, ref partition.Uart, port, (AccessSize)bytes, value, ref BoardConsole.Console, ref line);
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

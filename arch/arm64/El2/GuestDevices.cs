using System;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's virtual UART on the board's console.</summary>
internal static class GuestDevices
{
    public static void Create(ref Partition partition)
    {
        partition.Bus.Initialize(in partition.Entry.Arm64, partition.VcpuCount);
        partition.Uart.Initialize(partition.Index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadUart(ref Vcpu vcpu, ref Partition partition, uint offset, AccessSize size) =>
        offset == Pl011.UARTFR ? partition.Uart.ReadFlags(ref BoardConsole.Console) : ReadOther(ref vcpu, ref partition, offset, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadOther(ref Vcpu vcpu, ref Partition partition, uint offset, AccessSize size)
    {
        GuestLine line = new(vcpu.Guest, vcpu.Index);
        return partition.Uart.Read<PhysicalPl011<Mmio>, CounterClock, GuestLine, GuestLine>(offset, size, ref BoardConsole.Console, ref line);
    }

    public static void WriteUart(ref Vcpu vcpu, ref Partition partition, uint offset, ulong value)
    {
        GuestLine line = new(vcpu.Guest, vcpu.Index);
        partition.Uart.Write<PhysicalPl011<Mmio>, CounterClock, GuestLine, GuestLine>(offset, (uint)value, ref BoardConsole.Console, ref line);
        if (BoardConsole.Console.IsHolding)
            ConsoleDeadline.Arm(ref vcpu);
    }

    /// <summary>The console write hypercall.</summary>
    public static int WriteBuffer(ref Vcpu vcpu, ReadOnlySpan<byte> text)
    {
        GuestLine line = new(vcpu.Guest, vcpu.Index);
        int taken = Partitions.Of(vcpu.Guest).Uart
            .WriteBuffer<PhysicalPl011<Mmio>, CounterClock, GuestLine, GuestLine>(text, ref BoardConsole.Console, ref line);
        if (BoardConsole.Console.IsHolding)
            ConsoleDeadline.Arm(ref vcpu);
        return taken;
    }
}

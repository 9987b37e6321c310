using System.Runtime.CompilerServices;
using Bulkhead.Devices;

namespace Bulkhead.X86.Devices;

/// <summary>
/// IN and OUT of a guest, one access of 1, 2 or 4 bytes. The devices are a byte wide: a wider access is one of each
/// byte at its port, as a PC's bus splits it.
/// </summary>
public static class PortAccess<TEnd, TLine, TContext, TControl>
    where TEnd : struct, ISerialEnd
    where TLine : struct, IInterruptLine<TContext>
    where TContext : struct
    where TControl : struct, IDeviceRegisters<TContext>
{
    private const uint AllOnes = 0xff;

    /// <summary>What IN reads, zero-extended; the destination's upper bits follow the operand size (32 bits clear RAX 63:32).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size,
        ref TEnd end, ref TContext context) =>
        size == AccessSize.Byte ? ReadByte(ref bus, ref uart, port, ref end, ref context)
            : ReadWide(ref bus, ref uart, port, size, ref end, ref context);

    /// <summary>OUT of the lowest bytes of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PowerRequest Write(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size, uint value,
        ref TEnd end, ref TContext context) =>
        size == AccessSize.Byte ? WriteByte(ref bus, ref uart, port, value, ref end, ref context)
            : WriteWide(ref bus, ref uart, port, size, value, ref end, ref context);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadByte(ref PortBus bus, ref VirtualUart16550 uart, uint port,
        ref TEnd end, ref TContext context) =>
        bus.IsUart(port, out uint offset)
            ? uart.Read<TEnd, TLine, TContext>(offset, ref end, ref context)
            : bus.MayBeOther(port) ? ReadOther(ref bus, port, ref context) : AllOnes;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadOther(ref PortBus bus, uint port, ref TContext context) => bus.Find(port, out uint offset) switch
    {
        PortDevice.SleepControl or PortDevice.SleepStatus => 0,
        PortDevice.ControlUart => TControl.Read(ref context, offset, AccessSize.Byte),
        _ => AllOnes,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PowerRequest WriteByte(ref PortBus bus, ref VirtualUart16550 uart, uint port, uint value,
        ref TEnd end, ref TContext context)
    {
        if (bus.IsUart(port, out uint offset))
        {
            uart.Write<TEnd, TLine, TContext>(offset, (byte)value, ref end, ref context);
            return PowerRequest.None;
        }
        return bus.MayBeOther(port) ? WriteOther(ref bus, port, value, ref context) : PowerRequest.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PowerRequest WriteOther(ref PortBus bus, uint port, uint value, ref TContext context)
    {
        switch (bus.Find(port, out uint offset))
        {
            case PortDevice.SleepControl:
                return AcpiPorts.WriteSleepControl(value);
            case PortDevice.Reset:
                return AcpiPorts.WriteReset(value);
            case PortDevice.ControlUart:
                TControl.Write(ref context, offset, AccessSize.Byte, value);
                return PowerRequest.None;
            default:
                return PowerRequest.None;
        }
    }

    // Port numbers wrap at 64 Ki.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadWide(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size,
        ref TEnd end, ref TContext context)
    {
        uint value = 0;
        for (uint i = 0; i < (uint)size; i++)
            value |= ReadByte(ref bus, ref uart, port + i & 0xffff, ref end, ref context) << (int)(8 * i);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PowerRequest WriteWide(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size, uint value,
        ref TEnd end, ref TContext context)
    {
        PowerRequest request = PowerRequest.None;
        for (uint i = 0; i < (uint)size && request == PowerRequest.None; i++)
            request = WriteByte(ref bus, ref uart, port + i & 0xffff, value >> (int)(8 * i) & 0xff, ref end, ref context);
        return request;
    }
}

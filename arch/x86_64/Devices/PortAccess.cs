using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;

namespace Bulkhead.X86.Devices;

/// <summary>
/// IN and OUT of a guest, one access of 1, 2 or 4 bytes. The devices are a byte wide: a wider access is one of each
/// byte at its port, as a PC's bus splits it.
/// </summary>
public static class PortAccess<TUart, TClock, TLine, TContext>
    where TUart : struct, IUart
    where TClock : struct, IClock
    where TLine : struct, IInterruptLine<TContext>
    where TContext : struct
{
    private const uint AllOnes = 0xff;

    /// <summary>What IN reads, zero-extended; the destination's upper bits follow the operand size (32 bits clear RAX 63:32).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size,
        ref ConsoleMultiplexer<TUart, TClock> console, ref TContext context) =>
        size == AccessSize.Byte ? ReadByte(ref bus, ref uart, port, ref console, ref context)
            : ReadWide(ref bus, ref uart, port, size, ref console, ref context);

    /// <summary>OUT of the lowest bytes of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PowerRequest Write(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size, uint value,
        ref ConsoleMultiplexer<TUart, TClock> console, ref TContext context) =>
        size == AccessSize.Byte ? WriteByte(ref bus, ref uart, port, value, ref console, ref context)
            : WriteWide(ref bus, ref uart, port, size, value, ref console, ref context);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadByte(ref PortBus bus, ref VirtualUart16550 uart, uint port,
        ref ConsoleMultiplexer<TUart, TClock> console, ref TContext context) =>
        bus.IsUart(port, out uint offset)
            ? uart.Read<TUart, TClock, TLine, TContext>(offset, ref console, ref context)
            : bus.Find(port) is PortDevice.SleepControl or PortDevice.SleepStatus ? 0 : AllOnes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PowerRequest WriteByte(ref PortBus bus, ref VirtualUart16550 uart, uint port, uint value,
        ref ConsoleMultiplexer<TUart, TClock> console, ref TContext context)
    {
        if (bus.IsUart(port, out uint offset))
        {
            uart.Write<TUart, TClock, TLine, TContext>(offset, (byte)value, ref console, ref context);
            return PowerRequest.None;
        }
        switch (bus.Find(port))
        {
            case PortDevice.SleepControl:
                return AcpiPorts.WriteSleepControl(value);
            case PortDevice.Reset:
                return AcpiPorts.WriteReset(value);
            default:
                return PowerRequest.None;
        }
    }

    // Port numbers wrap at 64 Ki.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadWide(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size,
        ref ConsoleMultiplexer<TUart, TClock> console, ref TContext context)
    {
        uint value = 0;
        for (uint i = 0; i < (uint)size; i++)
            value |= ReadByte(ref bus, ref uart, port + i & 0xffff, ref console, ref context) << (int)(8 * i);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PowerRequest WriteWide(ref PortBus bus, ref VirtualUart16550 uart, uint port, AccessSize size, uint value,
        ref ConsoleMultiplexer<TUart, TClock> console, ref TContext context)
    {
        PowerRequest request = PowerRequest.None;
        for (uint i = 0; i < (uint)size && request == PowerRequest.None; i++)
            request = WriteByte(ref bus, ref uart, port + i & 0xffff, value >> (int)(8 * i) & 0xff, ref console, ref context);
        return request;
    }
}

using System.Runtime.CompilerServices;

namespace Bulkhead.Devices;

/// <summary>The control guest's second UART and the line behind it, which leads to a service. There is one such guest at most.</summary>
/// <typeparam name="TUart">The UART that its architecture's kernels know.</typeparam>
/// <typeparam name="TOutput">The UART's interrupt output.</typeparam>
/// <typeparam name="TContext">Whose access it is.</typeparam>
/// <typeparam name="TService">What obeys the lines.</typeparam>
public readonly struct ControlUart<TUart, TOutput, TContext, TService> : IDeviceRegisters<TContext>
    where TUart : struct, IVirtualUart
    where TOutput : struct, IInterruptLine<TContext>
    where TContext : struct
    where TService : struct, ILineService
{
    private static TUart _uart;
    private static ControlLine _line;

    public static void Create()
    {
        _uart = default;
        _uart.Initialize(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read(ref TContext context, uint offset, AccessSize size)
    {
        uint value = _uart.Read<ControlLine, TOutput, TContext>(offset, size, ref _line, ref context);
        Serve(ref context);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(ref TContext context, uint offset, AccessSize size, uint value)
    {
        _uart.Write<ControlLine, TOutput, TContext>(offset, value, ref _line, ref context);
        Serve(ref context);
    }

    /// <summary>At the guest's end, when all its CPUs are out.</summary>
    public static void Reset(ref TContext context)
    {
        _uart.Reset<ControlLine, TOutput, TContext>(ref _line, ref context);
        _line.Reset();
    }

    private static void Serve(ref TContext context)
    {
        ControlEvents events = _line.Serve<TService>();
        if ((events & ControlEvents.Received) != 0)
            _uart.Received<ControlLine, TOutput, TContext>(ref _line, ref context);
        if ((events & ControlEvents.Space) != 0)
            _uart.SpaceReturned<ControlLine, TOutput, TContext>(ref _line, ref context);
    }
}

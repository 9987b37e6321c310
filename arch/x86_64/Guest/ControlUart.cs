using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.X86.Devices;

namespace Bulkhead.X86.Guest;

/// <summary>The control guest's second UART, which speaks to the update service. There is one such guest at most.</summary>
internal readonly struct ControlUart : IControlPorts<GuestLine>
{
    private static VirtualUart16550 _uart;
    private static ControlLine _line;

    /// <summary>The UART's interrupt output.</summary>
    private readonly struct Output : IInterruptLine<GuestLine>
    {
        public static void Set(ref GuestLine context, bool asserted)
        {
            ref Partition partition = ref Partitions.Of(context.Guest);
            context.SetInput(ref partition, partition.Core.Entry.X86.ControlGsi, asserted);
        }
    }

    public static void Create() => _uart.Initialize(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read(ref GuestLine context, uint offset)
    {
        uint value = _uart.Read<ControlLine, Output, GuestLine>(offset, ref _line, ref context);
        Serve(ref context);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(ref GuestLine context, uint offset, byte value)
    {
        _uart.Write<ControlLine, Output, GuestLine>(offset, value, ref _line, ref context);
        Serve(ref context);
    }

    /// <summary>At the guest's end, when all its CPUs are out.</summary>
    public static void Reset(int guest)
    {
        GuestLine line = new(guest, -1);
        _uart.Reset<ControlLine, Output, GuestLine>(ref _line, ref line);
        _line.Reset();
    }

    private static void Serve(ref GuestLine context)
    {
        ControlEvents events = _line.Serve<Lifecycle.UpdateLines<X86>>();
        if ((events & ControlEvents.Received) != 0)
            _uart.Received<ControlLine, Output, GuestLine>(ref _line, ref context);
        if ((events & ControlEvents.Space) != 0)
            _uart.SpaceReturned<ControlLine, Output, GuestLine>(ref _line, ref context);
    }
}

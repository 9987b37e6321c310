using System.Runtime.CompilerServices;
using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>The control guest's second UART, which speaks to the update service. There is one such guest at most.</summary>
internal static class ControlUart
{
    private static VirtualPl011 _uart;
    private static ControlLine _line;

    /// <summary>The UART's interrupt output.</summary>
    private readonly struct Output : IInterruptLine<GuestLine>
    {
        public static void Set(ref GuestLine context, bool asserted)
        {
            ref Partition partition = ref Partitions.Of(context.Guest);
            context.SetSpi(ref partition, partition.Core.Entry.Arm64.ControlIntId, asserted);
        }
    }

    public static void Create() => _uart.Initialize(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Read(ref Vcpu vcpu, uint offset, AccessSize size)
    {
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        ulong value = _uart.Read<ControlLine, Output, GuestLine>(offset, size, ref _line, ref line);
        Serve(ref line);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(ref Vcpu vcpu, uint offset, ulong value)
    {
        GuestLine line = new(vcpu.Core.Guest, vcpu.Core.Index);
        _uart.Write<ControlLine, Output, GuestLine>(offset, (uint)value, ref _line, ref line);
        Serve(ref line);
    }

    /// <summary>At the guest's end, when all its CPUs are out.</summary>
    public static void Reset(int guest)
    {
        GuestLine line = new(guest, -1);
        _uart.Reset<Output, GuestLine>(ref line);
        _line.Reset();
    }

    private static void Serve(ref GuestLine line)
    {
        ControlEvents events = _line.Serve<Lifecycle.UpdateLines<Arm64>>();
        if ((events & ControlEvents.Received) != 0)
            _uart.Received<ControlLine, Output, GuestLine>(ref _line, ref line);
        if ((events & ControlEvents.Space) != 0)
            _uart.SpaceReturned<Output, GuestLine>(ref line);
    }
}

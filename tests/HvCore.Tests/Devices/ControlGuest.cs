using System.Threading;
using Bulkhead.Devices;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>A guest with one of the UARTs, and a driver that sends while it may and receives what is there.</summary>
internal abstract class ControlGuest
{
    protected struct Interrupts
    {
        public int Asserted;
    }

    protected readonly struct Line : IInterruptLine<Interrupts>
    {
        public static void Set(ref Interrupts context, bool asserted) => Volatile.Write(ref context.Asserted, asserted ? 1 : 0);
    }

    protected ControlLine End;
    protected Interrupts Controller;

    public abstract bool TrySend(byte value);
    public abstract bool TryReceive(out byte value);

    public bool Interrupted => Controller.Asserted != 0;

    public static ControlGuest Make<TService>(bool pc) where TService : struct, ILineService => pc ? new ControlPc<TService>() : new ControlArm<TService>();
}

/// <summary>With a PL011.</summary>
internal sealed class ControlArm<TService> : ControlGuest where TService : struct, ILineService
{
    private VirtualPl011 _uart;

    public ControlArm()
    {
        _uart.Initialize(0);
        Write(Pl011.UARTLCR_H, Pl011.FEN);
        Write(Pl011.UARTIMSC, Pl011.RX | Pl011.RT);
    }

    public override bool TrySend(byte value)
    {
        if ((Read(Pl011.UARTFR) & Pl011.TXFF) != 0)
            return false;
        Write(Pl011.UARTDR, value);
        return true;
    }

    public override bool TryReceive(out byte value)
    {
        value = 0;
        if ((Read(Pl011.UARTFR) & Pl011.RXFE) != 0)
            return false;
        uint data = Read(Pl011.UARTDR);
        Assert.Equal(0u, data & Pl011.DataOE);
        value = (byte)data;
        return true;
    }

    private uint Read(uint offset)
    {
        uint value = _uart.Read<ControlLine, Line, Interrupts>(offset, AccessSize.Word, ref End, ref Controller);
        Serve();
        return value;
    }

    private void Write(uint offset, uint value)
    {
        _uart.Write<ControlLine, Line, Interrupts>(offset, value, ref End, ref Controller);
        Serve();
    }

    private void Serve()
    {
        ControlEvents events = End.Serve<TService>();
        if ((events & ControlEvents.Received) != 0)
            _uart.Received<ControlLine, Line, Interrupts>(ref End, ref Controller);
        if ((events & ControlEvents.Space) != 0)
            _uart.SpaceReturned<Line, Interrupts>(ref Controller);
    }
}

/// <summary>With a 16550A.</summary>
internal sealed class ControlPc<TService> : ControlGuest where TService : struct, ILineService
{
    private VirtualUart16550 _uart;

    public ControlPc()
    {
        _uart.Initialize(0);
        Write(Uart16550.FCR, 7);
        Write(Uart16550.IER, Uart16550.ERBFI);
    }

    public override bool TrySend(byte value)
    {
        if ((Read(Uart16550.LSR) & Uart16550.THRE) == 0)
            return false;
        Write(Uart16550.THR, value);
        return true;
    }

    public override bool TryReceive(out byte value)
    {
        value = 0;
        uint status = Read(Uart16550.LSR);
        Assert.Equal(0u, status & Uart16550.OE);
        if ((status & Uart16550.DR) == 0)
            return false;
        value = (byte)Read(Uart16550.RBR);
        return true;
    }

    private uint Read(uint offset)
    {
        uint value = _uart.Read<ControlLine, Line, Interrupts>(offset, ref End, ref Controller);
        Serve();
        return value;
    }

    private void Write(uint offset, uint value)
    {
        _uart.Write<ControlLine, Line, Interrupts>(offset, (byte)value, ref End, ref Controller);
        Serve();
    }

    private void Serve()
    {
        ControlEvents events = End.Serve<TService>();
        if ((events & ControlEvents.Received) != 0)
            _uart.Received<ControlLine, Line, Interrupts>(ref End, ref Controller);
        if ((events & ControlEvents.Space) != 0)
            _uart.SpaceReturned<ControlLine, Line, Interrupts>(ref End, ref Controller);
    }
}

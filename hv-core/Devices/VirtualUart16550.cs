using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Diagnostics;

namespace Bulkhead.Devices;

/// <summary>
/// A guest's 16550A (National PC16550D). As with <see cref="VirtualPl011"/> the line is infinitely fast until the
/// other end's ring is full, and the receive FIFO is the other end's receive ring. Modem lines are
/// always up and never change; loopback works on sixteen bytes of its own, since drivers measure FIFOs with it.
/// </summary>
/// <remarks>
/// vCPUs of one guest may be here at once, and the CPUs that drain and receive. Whether the receive interrupts are due
/// is read off the ring; the transmitter's is one flag, changed by atomic operations only. The interrupt line is
/// computed anew after each change by whoever finds it wrong.
/// </remarks>
public struct VirtualUart16550 : IVirtualUart
{
    private const uint Connected = Uart16550.CTS | Uart16550.DSR | Uart16550.DCD;
    /// <summary>115200 baud, as firmware would have left it.</summary>
    private const uint DivisorAfterReset = 1;
    private const uint Empty = Uart16550.THRE | Uart16550.TEMT;

    private int _port;
    // 1 from the moment the transmitter is empty until IIR has said so or it is no longer (8.5).
    private int _transmitterEmpty;
    private uint _ier;
    private uint _lcr;
    private uint _mcr;
    private uint _fcr;
    private uint _line;
    private int _lineBusy;
    private uint _dll;
    private uint _dlm;
    private uint _scr;
    private uint _loopHead;
    private uint _loopTail;
    private uint _loopOverrun;
    private LoopBytes _loop;

    [InlineArray((int)Uart16550.FifoDepth)]
    private struct LoopBytes
    {
        private byte _first;
    }

    /// <summary>The state after master reset (8.0, table III); the interrupt line is low.</summary>
    public void Initialize(int port)
    {
        this = default;
        _port = port;
        _dll = DivisorAfterReset;
    }

    /// <summary>The state after reset, at the guest's end; other CPUs may still drain and receive. What it sent has left.</summary>
    public void Reset<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        // The line falls first: from here nobody raises it.
        Interlocked.Exchange(ref _ier, 0);
        UpdateLine<TLine, TContext>(ref end.Receive(_port), ref context);
        Interlocked.Exchange(ref _transmitterEmpty, 0);
        _lcr = _mcr = _fcr = _dlm = _scr = 0;
        _loopHead = _loopTail = _loopOverrun = 0;
        _dll = DivisorAfterReset;
    }

    /// <summary>Reads a register, offset 0 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Read<TEnd, TLine, TContext>(uint offset, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        ref ReceiveRing receive = ref end.Receive(_port);
        // LSR, which polling kernels read once for every byte.
        if (offset == Uart16550.LSR && (_mcr & Uart16550.LOOP) == 0 && !receive.HasOverrun)
            return (byte)Status(ref end.Transmit(_port), receive.Count);
        return (byte)ReadOther<TLine, TContext>(offset, ref end.Transmit(_port), ref receive, ref context);
    }

    /// <summary>Writes a register, offset 0 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<TEnd, TLine, TContext>(uint offset, byte value, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        if (offset == Uart16550.THR && (_lcr & Uart16550.DLAB) == 0 && (_mcr & Uart16550.LOOP) == 0)
        {
            // With a full FIFO the byte is lost; the guest was told by THRE.
            if (!end.Write(_port, value) || Volatile.Read(ref _transmitterEmpty) == 0)
                Transmitted<TLine, TContext>(ref end.Transmit(_port), ref end.Receive(_port), ref context);
            return;
        }
        WriteOther<TLine, TContext>(offset, value, ref end.Receive(_port), ref context);
    }

    /// <summary>The other end has put bytes into the receive ring.</summary>
    public void Received<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct =>
        UpdateLine<TLine, TContext>(ref end.Receive(_port), ref context);

    /// <summary>There is space in the transmit ring again, as it wanted.</summary>
    public void SpaceReturned<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        Interlocked.Exchange(ref _transmitterEmpty, 1);
        UpdateLine<TLine, TContext>(ref end.Receive(_port), ref context);
    }

    uint IVirtualUart.Read<TEnd, TLine, TContext>(uint offset, AccessSize size, ref TEnd end, ref TContext context) =>
        Read<TEnd, TLine, TContext>(offset, ref end, ref context);

    void IVirtualUart.Write<TEnd, TLine, TContext>(uint offset, uint value, ref TEnd end, ref TContext context) =>
        Write<TEnd, TLine, TContext>(offset, (byte)value, ref end, ref context);

    // 8.3. The transmitter has room for a FIFO's worth of bytes behind THRE, so it is clear while the ring has not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Status(ref TransmitRing transmit, uint received)
    {
        uint status = transmit.Count <= TransmitRing.Size - Uart16550.FifoDepth ? Empty : 0;
        return received == 0 ? status : status | Uart16550.DR;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint ReadOther<TLine, TContext>(uint offset, ref TransmitRing transmit, ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        switch (offset)
        {
            case Uart16550.RBR:
                return (_lcr & Uart16550.DLAB) != 0 ? _dll : Take<TLine, TContext>(ref receive, ref context);
            case Uart16550.IER:
                return (_lcr & Uart16550.DLAB) != 0 ? _dlm : _ier;
            case Uart16550.IIR:
                return Identify<TLine, TContext>(ref receive, ref context);
            case Uart16550.LCR:
                return _lcr;
            case Uart16550.MCR:
                return _mcr;
            case Uart16550.LSR:
                return ReadStatus<TLine, TContext>(ref transmit, ref receive, ref context);
            case Uart16550.MSR:
                return ModemStatus();
            default:
                return _scr;
        }
    }

    // 8.6: in loopback DTR, RTS, OUT1 and OUT2 are read as DSR, CTS, RI and DCD.
    private readonly uint ModemStatus() => (_mcr & Uart16550.LOOP) == 0
        ? Connected
        : (_mcr & 1) << 5 | (_mcr & 2) << 3 | (_mcr & 0xc) << 4;

    private uint ReadStatus<TLine, TContext>(ref TransmitRing transmit, ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        if ((_mcr & Uart16550.LOOP) != 0)
        {
            uint looped = Empty | (LoopCount != 0 ? Uart16550.DR : 0) | (_loopOverrun != 0 ? Uart16550.OE : 0);
            _loopOverrun = 0;
            return looped;
        }
        uint status = Status(ref transmit, receive.Count);
        // Reading ends it (8.3).
        if (receive.TakeOverrun())
            status |= Uart16550.OE;
        UpdateLine<TLine, TContext>(ref receive, ref context);
        return status;
    }

    private uint Take<TLine, TContext>(ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        if ((_mcr & Uart16550.LOOP) != 0)
            return LoopCount == 0 ? 0u : _loop[(int)(_loopHead++ % Uart16550.FifoDepth)];
        receive.TryTake(out byte value);
        // The interrupt is about bytes that wait, so it changes with the last one only.
        if (receive.Count == 0)
            UpdateLine<TLine, TContext>(ref receive, ref context);
        return value;
    }

    /// <summary>IIR: the most important interrupt of those enabled; reading ends the transmitter's (8.5, table V).</summary>
    private uint Identify<TLine, TContext>(ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        uint fifos = (_fcr & Uart16550.FifoEnable) != 0 ? Uart16550.FifosEnabled : 0;
        uint enabled = Volatile.Read(ref _ier);
        if ((enabled & Uart16550.ELSI) != 0 && receive.HasOverrun)
            return fifos | Uart16550.LineStatus;
        uint count = receive.Count;
        if ((enabled & Uart16550.ERBFI) != 0 && count != 0)
            return fifos | (count >= Trigger ? Uart16550.ReceivedData : Uart16550.CharacterTimeout);
        if ((enabled & Uart16550.ETBEI) != 0 && Interlocked.Exchange(ref _transmitterEmpty, 0) != 0)
        {
            UpdateLine<TLine, TContext>(ref receive, ref context);
            return fifos | Uart16550.TransmitterEmpty;
        }
        return fifos | Uart16550.NoInterrupt;
    }

    // Without FIFOs every byte is the level. The timeout (8.4) has been waited for by the physical UART.
    private readonly uint Trigger => (_fcr & Uart16550.FifoEnable) != 0 ? Uart16550.ReceiveTrigger(_fcr) : 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Transmitted<TLine, TContext>(ref TransmitRing ring, ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        bool crowded = ring.Count > TransmitRing.Size - 2 * Uart16550.FifoDepth;
        if (crowded)
        {
            Interlocked.Exchange(ref _transmitterEmpty, 0);
            crowded = ring.WantSpace();
        }
        if (!crowded)
            Interlocked.Exchange(ref _transmitterEmpty, 1);
        UpdateLine<TLine, TContext>(ref receive, ref context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteOther<TLine, TContext>(uint offset, uint value, ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        switch (offset)
        {
            case Uart16550.THR:
                if ((_lcr & Uart16550.DLAB) != 0)
                    _dll = value;
                else
                    Loop((byte)value);
                return;
            case Uart16550.IER:
                if ((_lcr & Uart16550.DLAB) != 0)
                {
                    _dlm = value;
                    return;
                }
                SetEnabled(value & 0xf);
                break;
            case Uart16550.FCR:
                SetFifos(value, ref receive);
                break;
            case Uart16550.LCR:
                _lcr = value;
                return;
            case Uart16550.MCR:
                if (((_mcr ^ value) & Uart16550.LOOP) != 0)
                    _loopHead = _loopTail = _loopOverrun = 0;
                _mcr = value & 0x1f;
                break;
            case Uart16550.SCR:
                _scr = value;
                return;
            default:
                return;
        }
        UpdateLine<TLine, TContext>(ref receive, ref context);
    }

    // An empty transmitter interrupts as soon as that is enabled (8.8, and table V's source), which drivers test for.
    private void SetEnabled(uint value)
    {
        uint before = Interlocked.Exchange(ref _ier, value);
        if ((value & ~before & Uart16550.ETBEI) != 0)
            Interlocked.Exchange(ref _transmitterEmpty, 1);
    }

    // 8.4: turning FIFOs on or off empties them. What was sent has left.
    private void SetFifos(uint value, ref ReceiveRing receive)
    {
        bool change = ((_fcr ^ value) & Uart16550.FifoEnable) != 0;
        _fcr = value & (Uart16550.FifoEnable | 3 << 6);
        if (!change && (value & Uart16550.ResetReceiveFifo) == 0)
            return;
        _loopHead = _loopTail = 0;
        for (uint left = ReceiveRing.Size; left > 0 && receive.TryTake(out _); left--)
        {
        }
    }

    private readonly uint LoopCount => _loopTail - _loopHead;

    private void Loop(byte value)
    {
        if (LoopCount >= Uart16550.FifoDepth)
            _loopOverrun = 1;
        else
            _loop[(int)(_loopTail++ % Uart16550.FifoDepth)] = value;
    }

    /// <summary>
    /// Brings the interrupt line to what the events say: changes come before, and a full barrier between. Whoever finds
    /// another at work may leave, since that one looks again after it has let go.
    /// </summary>
    private void UpdateLine<TLine, TContext>(ref ReceiveRing receive, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        Interlocked.MemoryBarrier();
        while (Level(ref receive) != Volatile.Read(ref _line))
        {
            if (Interlocked.CompareExchange(ref _lineBusy, 1, 0) != 0)
                return;
            uint level = Level(ref receive);
            if (level != _line)
            {
                Volatile.Write(ref _line, level);
                TLine.Set(ref context, level != 0);
            }
            Volatile.Write(ref _lineBusy, 0);
            Interlocked.MemoryBarrier();
        }
    }

    private readonly uint Level(ref ReceiveRing receive)
    {
        uint enabled = Volatile.Read(in _ier);
        bool due = (enabled & Uart16550.ETBEI) != 0 && Volatile.Read(in _transmitterEmpty) != 0
            || (enabled & Uart16550.ERBFI) != 0 && receive.Count != 0
            || (enabled & Uart16550.ELSI) != 0 && receive.HasOverrun;
        return due ? 1u : 0u;
    }
}

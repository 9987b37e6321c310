using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Diagnostics;

namespace Bulkhead.Devices;

/// <summary>
/// A guest's PL011 (ARM DDI 0183G; r1p5, whose FIFOs are 32 deep). Its line is infinitely fast until the ring
/// of what it is wired to is full: only then is the transmit FIFO anything but empty. The receive FIFO is the other
/// end's receive ring, so up to 256 bytes wait before one is lost. Bytes pass whatever UARTCR says, and there is no
/// loopback.
/// </summary>
/// <remarks>
/// vCPUs of one guest may be here at once, and the CPUs that drain and receive. UARTRIS changes by atomic
/// operations only; the interrupt line is computed anew after each change by whoever finds it wrong.
/// </remarks>
public struct VirtualPl011 : IVirtualUart
{
    private const uint ControlAfterReset = Pl011.TXE | Pl011.RXE, LevelsAfterReset = 0x12;
    private const uint Connected = Pl011.CTS | Pl011.DSR | Pl011.DCD;

    private int _port;
    private uint _ris;
    private uint _imsc;
    private uint _lcr;
    private uint _line;
    private int _lineBusy;
    private uint _rsr;
    private uint _ilpr;
    private uint _ibrd;
    private uint _fbrd;
    private uint _cr;
    private uint _ifls;
    private uint _dmacr;

    /// <summary>The state after reset (3.2); the interrupt line is low.</summary>
    public void Initialize(int port)
    {
        this = default;
        _port = port;
        _cr = ControlAfterReset;
        _ifls = LevelsAfterReset;
    }

    /// <summary>The state after reset, at the guest's end; other CPUs may still drain and receive. What it sent has left.</summary>
    public void Reset<TLine, TContext>(ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        // The line falls first: from here nobody raises it.
        Interlocked.Exchange(ref _imsc, 0);
        UpdateLine<TLine, TContext>(ref context);
        Interlocked.Exchange(ref _ris, 0);
        _lcr = _rsr = _ilpr = _ibrd = _fbrd = _dmacr = 0;
        _cr = ControlAfterReset;
        _ifls = LevelsAfterReset;
    }

    /// <summary>UARTFR, which polling kernels read once for every byte: Read without what only the others need.</summary>
    public readonly uint ReadFlags<TEnd>(ref TEnd end)
        where TEnd : struct, ISerialEnd =>
        Flags(ref end.Transmit(_port), ref end.Receive(_port));

    /// <summary>Reads a register. Offsets that are none read as zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read<TEnd, TLine, TContext>(uint offset, AccessSize size, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        if (offset == Pl011.UARTFR)
            return Flags(ref end.Transmit(_port), ref end.Receive(_port));
        uint value = offset == Pl011.UARTDR
            ? Take<TLine, TContext>(ref end.Receive(_port), ref context)
            : ReadOther(offset);
        return size == AccessSize.Byte ? (byte)value : size == AccessSize.HalfWord ? (ushort)value : value;
    }

    /// <summary>Writes a register. Offsets that are none ignore it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<TEnd, TLine, TContext>(uint offset, uint value, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        if (offset == Pl011.UARTDR)
        {
            // With a full FIFO the byte is lost; the guest was told by TXFF.
            if (!end.Write(_port, (byte)value) || (_ris & Pl011.TX) == 0)
                Transmitted<TLine, TContext>(ref end.Transmit(_port), ref context);
            return;
        }
        WriteOther<TLine, TContext>(offset, value, ref end.Receive(_port), ref context);
    }

    /// <summary>The guest's console write of a buffer (docs/abi.md); returns how many bytes its ring took.</summary>
    public int WriteBuffer<TEnd, TLine, TContext>(ReadOnlySpan<byte> bytes, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        int taken = end.Write(_port, bytes);
        Transmitted<TLine, TContext>(ref end.Transmit(_port), ref context);
        return taken;
    }

    /// <summary>The other end has put bytes into the receive ring.</summary>
    public void Received<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        RefreshReceive(ref end.Receive(_port));
        UpdateLine<TLine, TContext>(ref context);
    }

    /// <summary>There is space in the transmit ring again, as it wanted.</summary>
    public void SpaceReturned<TLine, TContext>(ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        Interlocked.Or(ref _ris, Pl011.TX);
        UpdateLine<TLine, TContext>(ref context);
    }

    void IVirtualUart.SpaceReturned<TEnd, TLine, TContext>(ref TEnd end, ref TContext context) => SpaceReturned<TLine, TContext>(ref context);

    void IVirtualUart.Reset<TEnd, TLine, TContext>(ref TEnd end, ref TContext context) => Reset<TLine, TContext>(ref context);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint Flags(ref TransmitRing transmit, ref ReceiveRing receive)
    {
        uint flags = transmit.Count < TransmitRing.Size ? Connected | Pl011.TXFE : Connected | Pl011.TXFF | Pl011.BUSY;
        uint count = receive.Count;
        if (count == 0)
            return flags | Pl011.RXFE;
        return count >= ReceiveDepth ? flags | Pl011.RXFF : flags;
    }

    private readonly uint ReceiveDepth => (_lcr & Pl011.FEN) != 0 ? Pl011.FifoDepth : 1;

    // 3.3.9, UARTIFLS: 1/8, 1/4, 1/2, 3/4, 7/8 full. Without FIFOs a single byte counts (2.7.1).
    private readonly uint ReceiveTrigger
    {
        get
        {
            if ((_lcr & Pl011.FEN) == 0)
                return 1;
            uint level = _ifls >> 3 & 7;
            return level == 0 ? 4 : level >= 4 ? 28 : level * 8;
        }
    }

    // A byte has left for the ring, or was lost to a full one. The transmit interrupt is about the FIFO falling
    // through its level (2.7.2): at once while the ring has room for a whole FIFO, later when it is crowded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Transmitted<TLine, TContext>(ref TransmitRing ring, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        bool crowded = ring.Count > TransmitRing.Size - Pl011.FifoDepth;
        if (crowded)
        {
            if ((_ris & Pl011.TX) != 0)
                Interlocked.And(ref _ris, ~Pl011.TX);
            crowded = ring.WantSpace();
        }
        if (!crowded)
            Interlocked.Or(ref _ris, Pl011.TX);
        UpdateLine<TLine, TContext>(ref context);
    }

    // 3.3.1, reading UARTDR
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Take<TLine, TContext>(ref ReceiveRing ring, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        ring.TryTake(out byte value);
        uint data = value;
        if (ring.TakeOverrun())
        {
            data |= Pl011.DataOE;
            _rsr |= Pl011.StatusOE;
        }
        // With the one in RefreshReceive: it sees the byte gone, or this sees the interrupt that it has set.
        Interlocked.MemoryBarrier();
        if ((_ris & (Pl011.RX | Pl011.RT)) != 0)
        {
            // The receive interrupt falls below the level, the timeout's with the last byte (2.7.1, 2.7.4).
            uint count = ring.Count;
            uint over = (count < ReceiveTrigger ? Pl011.RX : 0) | (count == 0 ? Pl011.RT : 0);
            if ((_ris & over) != 0)
            {
                Interlocked.And(ref _ris, ~over);
                RefreshReceive(ref ring);
                UpdateLine<TLine, TContext>(ref context);
            }
        }
        return data;
    }

    // The timeout is due 32 bit times after the last byte (2.7.4); the physical UART has let them pass, or a
    // level's worth of bytes is there, before anything comes here.
    private void RefreshReceive(ref ReceiveRing ring)
    {
        uint over;
        do
        {
            uint due = ReceiveDue(ref ring);
            if ((due & ~_ris) == 0)
                return;
            Interlocked.Or(ref _ris, due);
            // A vCPU that has taken the bytes meanwhile found nothing to clear, and nothing would ever clear it.
            over = due & ~ReceiveDue(ref ring) & (Pl011.RX | Pl011.RT);
            Interlocked.And(ref _ris, ~over);
        }
        while (over != 0);
    }

    private readonly uint ReceiveDue(ref ReceiveRing ring)
    {
        uint count = ring.Count;
        return (count >= ReceiveTrigger ? Pl011.RX : 0) | (count != 0 ? Pl011.RT : 0) | (ring.HasOverrun ? Pl011.OE : 0);
    }

    private readonly uint ReadOther(uint offset)
    {
        switch (offset)
        {
            case Pl011.UARTRSR:
                return _rsr;
            case Pl011.UARTILPR:
                return _ilpr;
            case Pl011.UARTIBRD:
                return _ibrd;
            case Pl011.UARTFBRD:
                return _fbrd;
            case Pl011.UARTLCR_H:
                return _lcr;
            case Pl011.UARTCR:
                return _cr;
            case Pl011.UARTIFLS:
                return _ifls;
            case Pl011.UARTIMSC:
                return _imsc;
            case Pl011.UARTRIS:
                return Volatile.Read(in _ris);
            case Pl011.UARTMIS:
                return Volatile.Read(in _ris) & _imsc;
            case Pl011.UARTDMACR:
                return _dmacr;
            default:
                return offset >= Pl011.UARTPeriphID0 && (offset & 3) == 0 ? Identity(offset) : 0;
        }
    }

    // 3.3.15, 3.3.16: part 0x011, designer 0x41, revision 3 (r1p5), no configuration; then the PrimeCell's four.
    private static uint Identity(uint offset)
    {
        ulong identity = 0xb105f00d_00341011;
        return (uint)(identity >> (int)((offset - Pl011.UARTPeriphID0) * 2)) & 0xff;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteOther<TLine, TContext>(uint offset, uint value, ref ReceiveRing ring, ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        switch (offset)
        {
            case Pl011.UARTRSR:
                _rsr = 0;
                return;
            case Pl011.UARTILPR:
                _ilpr = value & 0xff;
                return;
            case Pl011.UARTIBRD:
                _ibrd = value & 0xffff;
                return;
            case Pl011.UARTFBRD:
                _fbrd = value & 0x3f;
                return;
            case Pl011.UARTLCR_H:
                _lcr = value & 0xff;
                RefreshReceive(ref ring);
                break;
            case Pl011.UARTCR:
                _cr = value & 0xff87;
                return;
            case Pl011.UARTIFLS:
                _ifls = value & 0x3f;
                RefreshReceive(ref ring);
                break;
            case Pl011.UARTIMSC:
                Interlocked.Exchange(ref _imsc, value & Pl011.AllInterrupts);
                break;
            case Pl011.UARTICR:
                Interlocked.And(ref _ris, ~(value & Pl011.AllInterrupts));
                break;
            case Pl011.UARTDMACR:
                _dmacr = value & 7;
                return;
            default:
                return;
        }
        UpdateLine<TLine, TContext>(ref context);
    }

    /// <summary>
    /// Brings the interrupt line to what UARTMIS says. Changes come before, and a full barrier between: whoever finds
    /// another at work may leave, since that one looks again after it has let go.
    /// </summary>
    private void UpdateLine<TLine, TContext>(ref TContext context)
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct
    {
        while (Level() != Volatile.Read(ref _line))
        {
            if (Interlocked.CompareExchange(ref _lineBusy, 1, 0) != 0)
                return;
            uint level = Level();
            if (level != _line)
            {
                Volatile.Write(ref _line, level);
                TLine.Set(ref context, level != 0);
            }
            Volatile.Write(ref _lineBusy, 0);
            Interlocked.MemoryBarrier();
        }
    }

    private readonly uint Level() => (Volatile.Read(in _ris) & Volatile.Read(in _imsc)) != 0 ? 1u : 0u;
}

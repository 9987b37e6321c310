using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Diagnostics;

namespace Bulkhead.Devices;

/// <summary>
/// What a control guest's second UART is wired to: lines from the guest go to a service one after the other, and its answers
/// come back. Nothing is lost: while an answer has not been read no further line is taken, and the UART tells the guest to
/// wait once the ring is full.
/// </summary>
/// <remarks>
/// Whichever vCPU touches its UART does the work, alone; one that comes meanwhile leaves, since the other looks again after
/// it has let go.
/// </remarks>
public struct ControlLine : ISerialEnd
{
    /// <summary>Bytes of a line without its end; what is longer is handed on with one byte more.</summary>
    public const int MaxLine = 300;

    private TransmitRing _fromGuest;
    private ReceiveRing _toGuest;
    private int _busy;
    // Written by the one at work, read by all: some of the answer waits for room.
    private int _answering;

    // Of the one at work.
    private int _length;
    private Line _line;
    private ControlAnswer _answer;

    [InlineArray(MaxLine + 1)]
    private struct Line
    {
        private byte _first;
    }

    [UnscopedRef]
    public ref TransmitRing Transmit(int port) => ref _fromGuest;

    [UnscopedRef]
    public ref ReceiveRing Receive(int port) => ref _toGuest;

    /// <inheritdoc/>
    public bool Write(int port, byte value)
    {
        _fromGuest.TryPut(value);
        return _fromGuest.Count <= TransmitRing.Size - Pl011.FifoDepth;
    }

    /// <inheritdoc/>
    public int Write(int port, ReadOnlySpan<byte> bytes) => _fromGuest.Put(bytes);

    /// <summary>At the guest's end, when all its CPUs are out: neither lines nor answers outlive it.</summary>
    public void Reset()
    {
        _fromGuest = default;
        _toGuest = default;
        _answering = _length = 0;
        _answer.Clear();
    }

    /// <summary>
    /// Takes what the guest has sent, and gives what there is for it; after each access to its UART. Returns what the UART
    /// has to hear of.
    /// </summary>
    public ControlEvents Serve<TService>() where TService : struct, ILineService
    {
        ControlEvents events = ControlEvents.None;
        while (HasWork)
        {
            if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
                break;
            // The other one may have done it.
            if (HasWork)
                events |= Step<TService>();
            Volatile.Write(ref _busy, 0);
            Interlocked.MemoryBarrier();
        }
        return _fromGuest.OwesSpace() ? events | ControlEvents.Space : events;
    }

    private readonly bool HasWork =>
        Volatile.Read(in _answering) != 0 ? _toGuest.Count < ReceiveRing.Size : _fromGuest.Count != 0;

    private ControlEvents Step<TService>() where TService : struct, ILineService
    {
        if (_answering == 0)
        {
            if (!TakeLine())
                return ControlEvents.None;
            _answer.Clear();
            TService.Obey(MemoryMarshal.CreateReadOnlySpan(ref _line[0], _length), default, ref _answer);
            _length = 0;
        }
        Volatile.Write(ref _answering, _answer.GiveTo(ref _toGuest) ? 0 : 1);
        return ControlEvents.Received;
    }

    // Up to a line's end, or all there is; true when the line says something. CR, LF or both end it.
    private bool TakeLine()
    {
        uint head = _fromGuest.Head;
        bool isWhole = false;
        for (uint left = _fromGuest.Count; left != 0 && !isWhole; left--)
        {
            byte value = _fromGuest.At(head++);
            if (value is (byte)'\r' or (byte)'\n')
                isWhole = _length != 0;
            else if (_length <= MaxLine)
                _line[_length++] = value;
        }
        _fromGuest.TakenTo(head);
        return isWhole;
    }
}

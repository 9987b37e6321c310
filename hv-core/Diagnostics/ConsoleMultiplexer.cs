using System;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.BlackBox;
using Bulkhead.Devices;
using Bulkhead.Partitions;

namespace Bulkhead.Diagnostics;

/// <summary>
/// Every guest's console, and the hypervisor's own lines, on the board's one UART; docs/abi.md describes the wire.
/// </summary>
/// <remarks>
/// A source writes into its ring and then tries to become the drainer, who alone touches the wire. Who loses leaves a
/// mark and goes on; the drainer looks at the marks after it has let go. A writer drains only its own bytes, so that a
/// neighbour's flood costs it nothing; what is left is the transmit interrupt's work, on the CPU that takes it.
/// While one source has a line open, the others wait for its end, but no longer than a hold time from the
/// line's first byte, and not once their ring fills; the hypervisor's own lines do not wait.
/// </remarks>
public struct ConsoleMultiplexer<TUart, TClock> : ISerialEnd
    where TUart : struct, IUart
    where TClock : struct, IClock
{
    /// <summary>The hypervisor's own lines: the source behind the guests'.</summary>
    public const int Hypervisor = ApplianceTable.MaxGuests;
    public const int SourceCount = Hypervisor + 1;

    // What one call sends at most, so that no exit takes long.
    private const int Budget = 128;
    // A source that has waited this long, in bytes, does not wait for another's line to end.
    private const uint Impatience = TransmitRing.Size / 4;
    private const int ReceiveBudget = 64;

    /// <summary>The line itself; for the CPU that sets it up.</summary>
    public TUart Uart;

    // Atomic: the drainer's flag, and the marks of those who could not become it.
    private int _draining;
    private uint _missed;
    // Written by the drainer only, read by all: the UART had no room, the transmit interrupt is asked for.
    private int _full;
    private int _armed;

    // The drainer's own.
    private uint _waiting;
    private int _current;
    private bool _open;
    // _current, while its line is open and its tag sent; -1 otherwise.
    private int _direct;
    private uint _room;
    private ulong _opened;
    private ulong _hold;
    private ConsoleTag _tag;
    // Virtual address of a ConsoleTail per source, in the black box; 0 where there is none.
    private ulong _tails;

    // The receiving CPU's own.
    private int _selected;
    private bool _command;
    private ManagementLine _line;

    private int _guestCount;
    private uint _lostLines;
    private Names _name;
    private TransmitRings _transmit;
    private ReceiveRings _receive;

    [InlineArray(SourceCount)]
    private struct Names
    {
        private FixedName _first;
    }

    [InlineArray(SourceCount)]
    private struct TransmitRings
    {
        private TransmitRing _first;
    }

    [InlineArray(ApplianceTable.MaxGuests)]
    private struct ReceiveRings
    {
        private ReceiveRing _first;
    }

    /// <summary>Before anything is written. The UART is initialised by its owner.</summary>
    /// <param name="hold">How long a source may keep the wire with an open line, in the clock's counts: some 5 ms.</param>
    public void Initialize(ulong hold)
    {
        _hold = hold;
        _current = -1;
        _direct = -1;
        ReadOnlySpan<byte> own = NameRules.Hypervisor;
        for (int i = 0; i < own.Length; i++)
            _name[Hypervisor][i] = own[i];
    }

    public void UseHold(ulong hold) => _hold = hold;

    /// <summary>Guests are added in the table's order; the first is selected for input.</summary>
    public void AddGuest(in FixedName name) => _name[_guestCount++] = name;

    /// <summary>From now on the last bytes sent are kept, a <see cref="ConsoleTail"/> for each source.</summary>
    public void KeepTails(ulong virtualAddress) => _tails = virtualAddress;

    /// <summary>The last line for the hypervisor itself; for the receiving CPU.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Management => ManagementLine.TextOf(in _line);

    /// <summary>The guest that input goes to.</summary>
    public readonly int Selected => _selected;

    /// <summary>A guest's transmit ring, for its virtual UART.</summary>
    [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TransmitRing Transmit(int source) =>
        ref Unsafe.Add(ref Unsafe.As<TransmitRings, TransmitRing>(ref _transmit), source);

    /// <summary>A guest's receive ring, for its virtual UART.</summary>
    [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ReceiveRing Receive(int guest) =>
        ref Unsafe.Add(ref Unsafe.As<ReceiveRings, ReceiveRing>(ref _receive), guest);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Write(int source, byte value)
    {
        // In the middle of a line, with nobody waiting and so nothing in the ring: straight to the wire.
        if (value < ' ' || Interlocked.CompareExchange(ref _draining, 1, 0) != 0)
            return WriteToRing(source, value);
        bool direct = _direct == source && (_waiting | Volatile.Read(ref _missed)) == 0
            && (_room != 0 || (_room = Uart.TransmitRoom()) != 0);
        if (direct)
        {
            Uart.Transmit(value);
            _room--;
            Keep(source, value);
        }
        Volatile.Write(ref _draining, 0);
        if (!direct)
            return WriteToRing(source, value);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _missed) != 0)
            Pump(source);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool WriteToRing(int source, byte value)
    {
        ref TransmitRing ring = ref Transmit(source);
        ring.TryPut(value);
        // Even without a new byte: whoever found the flag taken above counts on a look at the marks.
        Pump(source);
        return ring.Count <= TransmitRing.Size - Pl011.FifoDepth;
    }

    /// <inheritdoc/>
    public int Write(int source, ReadOnlySpan<byte> bytes)
    {
        int taken = Transmit(source).Put(bytes);
        Pump(source);
        return taken;
    }

    /// <summary>The hypervisor's lines that found no room; the next one that does says so.</summary>
    internal readonly uint LostLines => Volatile.Read(in _lostLines);

    /// <summary>Writes one of the hypervisor's lines, whole or not at all; from any CPU.</summary>
    public void WriteLine(ref LogLine line)
    {
        uint lost = LostLines;
        if (lost != 0 && Transmit(Hypervisor).Count <= TransmitRing.Size / 2)
        {
            LogLine notice = default;
            notice.Add("lines lost: "u8);
            notice.AddDecimal(lost);
            notice.End();
            if (Transmit(Hypervisor).TryPutAll(notice.Bytes))
                Interlocked.Add(ref _lostLines, 0 - lost);
        }
        line.End();
        if (!Transmit(Hypervisor).TryPutAll(line.Bytes))
            Interlocked.Add(ref _lostLines, 1);
        Pump(Hypervisor);
    }

    /// <summary>Sends what the source has, if the wire is its to take now; otherwise sees to it that someone will.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Pump(int source)
    {
        if (Volatile.Read(ref _full) != 0)
        {
            // The wire is the bottleneck, and its interrupt comes.
            Interlocked.MemoryBarrier();
            Mark(source);
            if (Volatile.Read(ref _full) != 0)
                return;
        }
        while (true)
        {
            if (Interlocked.CompareExchange(ref _draining, 1, 0) != 0)
            {
                Interlocked.Or(ref _missed, 1u << source);
                if (Volatile.Read(ref _draining) != 0)
                    return;
                continue;
            }
            if (MayTake(source))
                Drain(source, Budget, false);
            else
                _waiting |= 1u << source;
            if (_waiting != 0 || Volatile.Read(ref _missed) != 0)
                LeaveToInterrupt();
            Volatile.Write(ref _draining, 0);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _missed) == 0)
                return;
        }
    }

    /// <summary>
    /// The transmit interrupt, or any moment when something may be waiting: sends for all sources in turn.
    /// Returns the guests, as a bit each, that wanted space in their ring and have it now.
    /// </summary>
    public uint Service()
    {
        uint drained = 0;
        int left = Budget;
        do
        {
            if (Interlocked.CompareExchange(ref _draining, 1, 0) != 0)
                break;
            TakeMarks();
            Volatile.Write(ref _full, 0);
            while (left > 0 && _full == 0)
            {
                int source = Next();
                if (source < 0)
                    break;
                drained |= 1u << source;
                left -= Drain(source, left, true);
            }
            SetArmed(HasWork());
            Volatile.Write(ref _draining, 0);
            Interlocked.MemoryBarrier();
        }
        while (Volatile.Read(ref _missed) != 0);
        return SpaceOwed(drained & ~(1u << Hypervisor));
    }

    /// <summary>Whether bytes wait for another source's open line, with nothing to wake them: a timer may.</summary>
    public readonly bool IsHolding => Volatile.Read(in _waiting) != 0 && Volatile.Read(in _armed) == 0;

    /// <summary>
    /// Sends everything now, waiting for the wire: at boot before guests run, and when the hypervisor stops for good.
    /// </summary>
    /// <param name="patience">How often to look at a wire that has no room before giving up.</param>
    public void Flush(ulong patience)
    {
        // Whoever drains is done soon; if it never is, it is the one that has stopped.
        for (ulong i = 0; i < patience && Interlocked.CompareExchange(ref _draining, 1, 0) != 0; i++)
        {
        }
        TakeMarks();
        for (int source = 0; source < SourceCount; source++)
        {
            while (Transmit(source).Count != 0 && patience != 0)
            {
                Drain(source, Budget, false);
                if (_full != 0)
                    patience--;
            }
        }
        Volatile.Write(ref _full, 0);
        SetArmed(_waiting != 0);
        Volatile.Write(ref _draining, 0);
    }

    /// <summary>
    /// The receive interrupts: takes what the line brought. Returns the guests, as a bit each, that received something; and
    /// <see cref="Hypervisor"/>'s when <see cref="Management"/> is there to be obeyed, before more is taken.
    /// </summary>
    public uint Receive()
    {
        uint received = 0;
        for (int left = ReceiveBudget; left > 0 && Uart.TryReceive(out byte value); left--)
        {
            if (_line.IsOpen)
            {
                if (_line.Put(value))
                    return received | 1u << Hypervisor;
                continue;
            }
            if (_command)
            {
                _command = false;
                if (!Command(value))
                    continue;
            }
            else if (value == ControlT)
            {
                _command = true;
                continue;
            }
            Receive(_selected).Put(value);
            received |= 1u << _selected;
        }
        return received;
    }

    private const byte ControlT = 0x14;

    // True if the byte is to go to the guest after all.
    private bool Command(byte value)
    {
        if (value == ControlT)
            return true;
        if (value == (byte)'m')
        {
            _line.Open();
        }
        else if (value == (byte)'?')
        {
            for (int guest = 0; guest < _guestCount; guest++)
                Announce(guest);
        }
        else if (value >= (byte)'1' && value - (byte)'1' < _guestCount)
        {
            _selected = value - (byte)'1';
            Announce(_selected);
        }
        return false;
    }

    private void Announce(int guest)
    {
        LogLine line = default;
        line.Add("console "u8);
        line.AddDecimal((ulong)(uint)guest + 1);
        line.Add(" "u8);
        line.AddName(in _name[guest]);
        if (guest == _selected)
            line.Add(" has the input"u8);
        WriteLine(ref line);
    }

    // All below: the drainer only.

    /// <summary>Sends a source's bytes: to the end of a line or of the ring, while budget and room last.</summary>
    private int Drain(int source, int budget, bool oneLine)
    {
        ref TransmitRing ring = ref Transmit(source);
        uint head = ring.Head;
        uint tail = ring.Tail;
        int left = budget;
        while (head != tail && left > 0)
        {
            if (_room == 0 && (_room = Uart.TransmitRoom()) == 0)
            {
                Volatile.Write(ref _full, 1);
                break;
            }
            if (!_tag.IsSent)
            {
                Uart.Transmit(_tag.Next());
                _room--;
                continue;
            }
            if (_current != source || !_open)
            {
                _tag.Make(NameRules.BytesOf(in _name[source]), _open);
                _current = source;
                _open = true;
                _opened = TClock.Now();
                continue;
            }
            byte value = ring.At(head);
            // RS and US are the multiplexer's.
            if ((value & 0xfe) == ConsoleTag.RS)
                value = (byte)'?';
            Uart.Transmit(value);
            _room--;
            Keep(source, value);
            head++;
            left--;
            if (value == (byte)'\n')
            {
                _open = false;
                if (oneLine)
                    break;
            }
        }
        ring.TakenTo(head);
        _direct = _open && _tag.IsSent ? _current : -1;
        if (head != tail)
            _waiting |= 1u << source;
        else
            _waiting &= ~(1u << source);
        return budget - left;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly unsafe void Keep(int source, byte value)
    {
        if (_tails != 0)
            ((ConsoleTail*)_tails)[source].Put(value);
    }

    private bool MayTake(int source) => _current == source || !_open || IsUrgent(source) || IsHoldOver();

    // The hypervisor's lines are few, and the last one may be the reason why nothing comes after it.
    private bool IsUrgent(int source) => source == Hypervisor || Transmit(source).Count >= Impatience;

    private readonly bool IsHoldOver() => TClock.Now() - _opened >= _hold;

    // The source to drain next: the one whose line is open, then the others in turn.
    private int Next()
    {
        if (_waiting == 0)
            return -1;
        bool held = _open && !IsHoldOver();
        if (held && (_waiting & 1u << _current) != 0)
            return _current;
        for (int i = 1; i <= SourceCount; i++)
        {
            int source = _current + i;
            if (source >= SourceCount)
                source -= SourceCount;
            if ((_waiting & 1u << source) != 0 && (!held || IsUrgent(source)))
                return source;
        }
        return -1;
    }

    private bool HasWork() => _full != 0 || Next() >= 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveToInterrupt()
    {
        TakeMarks();
        if (_armed == 0 && HasWork())
            SetArmed(true);
    }

    private void TakeMarks()
    {
        if (Volatile.Read(ref _missed) != 0)
            _waiting |= Interlocked.Exchange(ref _missed, 0u);
    }

    private void SetArmed(bool armed)
    {
        int value = armed ? 1 : 0;
        if (_armed == value)
            return;
        Volatile.Write(ref _armed, value);
        Uart.SetTransmitInterrupt(armed);
    }

    private void Mark(int source)
    {
        if ((Volatile.Read(ref _missed) & 1u << source) == 0)
            Interlocked.Or(ref _missed, 1u << source);
    }

    private uint SpaceOwed(uint drained)
    {
        uint owed = 0;
        while (drained != 0)
        {
            int source = BitOperations.TrailingZeroCount(drained);
            drained &= drained - 1;
            if (Transmit(source).OwesSpace())
                owed |= 1u << source;
        }
        return owed;
    }
}

using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Diagnostics;

/// <summary>The bytes the line brought for a guest: one CPU puts in, the guest takes out. What does not fit is lost.</summary>
public struct ReceiveRing
{
    public const uint Size = 256;

    // Counts of bytes taken out and put in.
    private uint _head;
    private uint _tail;
    private int _overrun;
    private Storage _bytes;

    [InlineArray((int)Size)]
    private struct Storage
    {
        private byte _first;
    }

    public readonly uint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in _tail) - Volatile.Read(in _head);
    }

    /// <summary>Puts a byte in; the newest is the one that is lost.</summary>
    public void Put(byte value)
    {
        uint tail = _tail;
        if (tail - Volatile.Read(ref _head) >= Size)
        {
            Volatile.Write(ref _overrun, 1);
            return;
        }
        Slot(tail) = value;
        Volatile.Write(ref _tail, tail + 1);
    }

    /// <summary>
    /// Takes the oldest byte. Two vCPUs of a guest that read at once may get the same byte twice: theirs to order,
    /// as on the device itself.
    /// </summary>
    public bool TryTake(out byte value)
    {
        uint head = _head;
        if (head == Volatile.Read(ref _tail))
        {
            value = 0;
            return false;
        }
        value = Slot(head);
        Volatile.Write(ref _head, head + 1);
        return true;
    }

    /// <summary>For whoever takes out: forgets what came so far.</summary>
    public void Clear()
    {
        Volatile.Write(ref _head, Volatile.Read(ref _tail));
        Volatile.Write(ref _overrun, 0);
    }

    /// <summary>Whether a byte was lost since this was last asked.</summary>
    public bool TakeOverrun() => Volatile.Read(ref _overrun) != 0 && Interlocked.Exchange(ref _overrun, 0) != 0;

    public readonly bool HasOverrun => Volatile.Read(in _overrun) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Slot(uint position) =>
        ref Unsafe.Add(ref Unsafe.As<Storage, byte>(ref Unsafe.AsRef(in _bytes)), (nint)(position & (Size - 1)));
}

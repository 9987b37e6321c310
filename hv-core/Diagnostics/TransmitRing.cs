using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Bulkhead.Diagnostics;

/// <summary>
/// The bytes a source has written and the wire has not yet taken. Any CPU may write, one at a time takes out; writers
/// hold each other up for a few instructions, and never wait for the one who takes out.
/// </summary>
public struct TransmitRing
{
    public const uint Size = 2048;

    // In _tail: one writer is between claiming its place and publishing its bytes.
    private const uint Claimed = 1u << 31;

    // Counts of bytes, modulo 2^31, taken out and put in.
    private uint _head;
    private uint _tail;
    private int _wantsSpace;
    private Storage _bytes;

    [InlineArray((int)Size)]
    private struct Storage
    {
        private byte _first;
    }

    public readonly uint Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Volatile.Read(in _tail) - Volatile.Read(in _head)) & ~Claimed;
    }

    /// <summary>Puts one byte in; false if there is no room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPut(byte value)
    {
        uint tail = Claim();
        if (((tail - Volatile.Read(ref _head)) & ~Claimed) == Size)
        {
            Volatile.Write(ref _tail, tail);
            return false;
        }
        Slot(tail) = value;
        Volatile.Write(ref _tail, (tail + 1) & ~Claimed);
        return true;
    }

    /// <summary>Puts in as many bytes as there is room for, with none of another writer between; returns how many.</summary>
    public int Put(ReadOnlySpan<byte> bytes)
    {
        uint tail = Claim();
        uint room = Size - ((tail - Volatile.Read(ref _head)) & ~Claimed);
        int count = (int)Math.Min(room, (uint)bytes.Length);
        for (int i = 0; i < count; i++)
            Slot(tail + (uint)i) = bytes[i];
        Volatile.Write(ref _tail, (tail + (uint)count) & ~Claimed);
        return count;
    }

    /// <summary>Puts in all bytes, or none if there is no room for all.</summary>
    public bool TryPutAll(ReadOnlySpan<byte> bytes)
    {
        uint tail = Claim();
        uint room = Size - ((tail - Volatile.Read(ref _head)) & ~Claimed);
        bool fits = (uint)bytes.Length <= room;
        if (fits)
        {
            for (int i = 0; i < bytes.Length; i++)
                Slot(tail + (uint)i) = bytes[i];
            tail += (uint)bytes.Length;
        }
        Volatile.Write(ref _tail, tail & ~Claimed);
        return fits;
    }

    /// <summary>Asks to be told once half the ring is free. False if it is already: nobody will tell.</summary>
    public bool WantSpace()
    {
        Interlocked.Exchange(ref _wantsSpace, 1);
        return Count > Size / 2 || Interlocked.Exchange(ref _wantsSpace, 0) == 0;
    }

    // For the one who takes out.

    internal readonly uint Head => _head;

    internal readonly uint Tail => Volatile.Read(in _tail) & ~Claimed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte At(uint position) => Slot(position);

    internal void TakenTo(uint head) => Volatile.Write(ref _head, head & ~Claimed);

    /// <summary>Whether the writer has asked for the space that is now there. After a full barrier behind TakenTo.</summary>
    internal bool OwesSpace() =>
        Volatile.Read(ref _wantsSpace) != 0 && Count <= Size / 2 && Interlocked.Exchange(ref _wantsSpace, 0) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Claim()
    {
        while (true)
        {
            uint tail = Volatile.Read(ref _tail);
            if ((int)tail >= 0 && Interlocked.CompareExchange(ref _tail, tail | Claimed, tail) == tail)
                return tail;
        }
    }

    // The mask keeps every position inside, whatever the counts are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Slot(uint position) =>
        ref Unsafe.Add(ref Unsafe.As<Storage, byte>(ref Unsafe.AsRef(in _bytes)), (nint)(position & (Size - 1)));
}

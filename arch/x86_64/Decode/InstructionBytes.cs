using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// The hypervisor's own copy of the bytes at a guest's RIP. Another vCPU may rewrite the guest's at any time; whatever
/// is decoded, checked and reported is this copy, which was read once.
/// </summary>
public struct InstructionBytes
{
    /// <summary>No instruction is longer (SDM vol. 2 2.3.11).</summary>
    public const int MaxLength = 15;

    // The decoder reads first and compares its position with Length once, at the end. It stops at a 15th prefix; behind
    // that can come two more opcode bytes, ModRM, SIB, a displacement of 4 bytes and an immediate of 4: byte 27.
    private const int Capacity = 32;

    private Buffer _bytes;
    private uint _length;

    [InlineArray(Capacity)]
    private struct Buffer
    {
        private byte _first;
    }

    public InstructionBytes(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            Append(bytes[i]);
    }

    /// <summary>How many bytes could be read: at most 15, fewer where a page ends.</summary>
    public readonly uint Length => _length;

    public readonly byte this[uint position]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.Add(ref First, (nuint)position);
    }

    private readonly ref byte First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<Buffer, byte>(ref Unsafe.AsRef(in _bytes));
    }

    /// <summary>16 bytes from RIP on, of which 15 count.</summary>
    internal void Set(ulong low, ulong high)
    {
        Low = low;
        High = high;
        _length = MaxLength;
    }

    /// <summary>The first eight bytes and the next.</summary>
    internal ulong Low
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Unsafe.ReadUnaligned<ulong>(ref First);
        set => Unsafe.WriteUnaligned(ref First, value);
    }

    internal ulong High
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref First, 8));
        set => Unsafe.WriteUnaligned(ref Unsafe.Add(ref First, 8), value);
    }

    internal void Clear() => _length = 0;

    /// <summary>One more byte; a 16th is dropped.</summary>
    internal void Append(byte value)
    {
        if (_length < MaxLength)
            _bytes[(int)_length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly int Int32At(uint position) =>
        Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref First, (nuint)position));

    internal readonly long Int64At(uint position) =>
        Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref First, (nuint)position));
}

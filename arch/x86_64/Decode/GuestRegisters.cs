using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// A vCPU's general registers in the order of their encoding, RAX first, then a zero, RIP and RFLAGS. The zero stands
/// for the base or index that an address does not have, so that computing one needs no branch.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestRegisters
{
    public const byte Rax = 0, Rcx = 1, Rdx = 2, Rbx = 3, Rsp = 4, Rbp = 5, Rsi = 6, Rdi = 7;
    public const byte None = 16;
    public const byte RipIndex = 17;

    private Slots _slots;
    public ulong Rflags;

    [InlineArray(18)]
    private struct Slots
    {
        private ulong _first;
    }

    /// <summary>0 to 15, None or RipIndex; the decoder makes no other index.</summary>
    public ulong this[byte register]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Unsafe.Add(ref Unsafe.As<Slots, ulong>(ref Unsafe.AsRef(in _slots)), register);
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Unsafe.Add(ref Unsafe.As<Slots, ulong>(ref _slots), register) = value;
    }

    public ulong Rip
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => this[RipIndex];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => this[RipIndex] = value;
    }

    /// <summary>RAX's lowest byte.</summary>
    public byte Al
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Unsafe.As<Slots, byte>(ref _slots) = value;
    }

    /// <summary>All ones in the lowest 1 to 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mask(uint bytes) => ulong.MaxValue >> (int)(64 - 8 * bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Read(byte register, uint bytes) => this[register] & Mask(bytes);

    /// <summary>A 4-byte result clears the upper half, a shorter one leaves the rest alone (SDM vol. 1 3.4.1.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte register, uint bytes, ulong value)
    {
        ulong mask = Mask(bytes);
        ulong kept = bytes >= 4 ? 0 : this[register] & ~mask;
        this[register] = kept | value & mask;
    }

    /// <summary>The register operand, AH to BH included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ReadOperand(in MemoryInstruction instruction) =>
        instruction.Has(InstructionFlags.HighByte)
            ? (byte)(this[instruction.Register] >> 8)
            : Read(instruction.Register, instruction.RegisterSize);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteOperand(in MemoryInstruction instruction, ulong value)
    {
        if (instruction.Has(InstructionFlags.HighByte))
            this[instruction.Register] = this[instruction.Register] & ~0xff00ul | (ulong)(byte)value << 8;
        else
            Write(instruction.Register, instruction.RegisterSize, value);
    }
}

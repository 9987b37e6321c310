using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// A decoded instruction with one memory operand and one register, immediate or implied operand. Sizes are in bytes.
/// </summary>
public struct MemoryInstruction
{
    public Operation Operation;
    public InstructionFlags Flags;
    public CpuMode Mode;

    /// <summary>Of the instruction, prefixes included: 1 to 15.</summary>
    public byte Length;

    /// <summary>What moves on the bus: 1, 2, 4 or 8.</summary>
    public byte MemorySize;

    /// <summary>The register operand's size. It differs from <see cref="MemorySize"/> where a load extends.</summary>
    public byte RegisterSize;

    /// <summary>Index into <see cref="GuestRegisters"/>, 0 to 15; rAX where the instruction implies it.</summary>
    public byte Register;

    /// <summary>The address is base + (index &lt;&lt; scale) + displacement, cut to the address size.</summary>
    public byte Base;

    public byte Index;
    public byte Scale;
    public byte AddressSize;

    /// <summary>The memory operand's; in 64-bit mode only FS and GS have a base that counts.</summary>
    public Segment Segment;

    /// <summary>Sign-extended. With RIP as the base it counts from the instruction's first byte, not from its end.</summary>
    public long Displacement;

    /// <summary>Sign-extended; a bit number for the bit operations.</summary>
    public long Immediate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Has(InstructionFlags flag) => (Flags & flag) != 0;

    /// <summary>BT and its kin with the bit's number in a register: the number moves the address (SDM vol. 2, BT).</summary>
    public readonly bool IsBitString
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Operation is >= Operation.Bt and <= Operation.Btc && !Has(InstructionFlags.Immediate);
    }

    public readonly bool IsString
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Operation >= Operation.Movs;
    }

    /// <summary>The memory operand's offset in its segment; for <see cref="IsBitString"/>, of bit 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Offset(in GuestRegisters registers) =>
        registers[Base] + (registers[Index] << Scale) + (ulong)Displacement & GuestRegisters.Mask(AddressSize);
}

using System;

namespace Bulkhead.X86.Decode;

[Flags]
public enum InstructionFlags : byte
{
    None = 0,
    /// <summary>The memory operand is the destination, or the first operand of a comparison.</summary>
    ToMemory = 1 << 0,
    /// <summary>The other operand is the immediate.</summary>
    Immediate = 1 << 1,
    /// <summary>A load extends the sign; without it, it extends by zeroes.</summary>
    SignExtend = 1 << 2,
    /// <summary>The register is AH, CH, DH or BH: bits 15:8 of register 0 to 3.</summary>
    HighByte = 1 << 3,
    /// <summary>MOVBE.</summary>
    ByteSwap = 1 << 4,
    Lock = 1 << 5,
    /// <summary>REP, on a string instruction. REPNE means the same there (SDM vol. 2, REP).</summary>
    Repeat = 1 << 6,
}

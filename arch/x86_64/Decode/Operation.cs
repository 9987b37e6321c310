namespace Bulkhead.X86.Decode;

/// <summary>What an instruction does with its memory operand. The first eight are in the order of their encoding.</summary>
public enum Operation : byte
{
    Add,
    Or,
    Adc,
    Sbb,
    And,
    Sub,
    Xor,
    Cmp,
    /// <summary>MOV, MOVZX, MOVSX, MOVSXD, MOVBE from memory.</summary>
    Load,
    /// <summary>MOV, MOVBE, MOVNTI to memory.</summary>
    Store,
    Test,
    Xchg,
    Xadd,
    Cmpxchg,
    Inc,
    Dec,
    Not,
    Neg,
    Bt,
    Bts,
    Btr,
    Btc,
    /// <summary>From <see cref="MemoryInstruction"/>'s address to ES:rDI.</summary>
    Movs,
    Lods,
    Stos,
    /// <summary>From port DX to ES:rDI.</summary>
    Ins,
    /// <summary>To port DX.</summary>
    Outs,
}

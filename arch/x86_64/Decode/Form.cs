namespace Bulkhead.X86.Decode;

/// <summary>How the bytes behind an opcode are laid out and what they name. Those with a ModRM byte come last.</summary>
internal enum Form : byte
{
    None,

    // Prefixes (SDM vol. 2 2.1.1, 2.2.1).
    OperandSize,
    AddressSize,
    SegmentOverride,
    Repeat,
    Lock,
    Rex,

    // Not prefixes, and without ModRM.
    Escape,
    LoadOffset,
    StoreOffset,
    Movs,
    Lods,
    Stos,
    Ins,
    Outs,

    // With ModRM.
    Load,
    Store,
    StoreImmediate,
    AluToMemory,
    AluToRegister,
    Group1,
    Group1Byte,
    Group3,
    Group4And5,
    Test,
    Xchg,
    Movsxd,
    Movzx,
    Movsx,
    BitRegister,
    BitImmediate,
    Cmpxchg,
    Xadd,
    Movnti,
    Movbe,
}

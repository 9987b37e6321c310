using System;

namespace Bulkhead.X86.Decode;

/// <summary>The opcode maps (SDM vol. 2 A.3), reduced to the forms that can touch a device.</summary>
internal static class OpcodeMap
{
    private const byte __ = (byte)Form.None;
    private const byte Os = (byte)Form.OperandSize, As = (byte)Form.AddressSize, Sg = (byte)Form.SegmentOverride;
    private const byte Rp = (byte)Form.Repeat, Lk = (byte)Form.Lock, Rx = (byte)Form.Rex, Ec = (byte)Form.Escape;
    private const byte Lo = (byte)Form.LoadOffset, So = (byte)Form.StoreOffset;
    private const byte Mv = (byte)Form.Movs, Ld = (byte)Form.Lods, St = (byte)Form.Stos, In = (byte)Form.Ins, Ou = (byte)Form.Outs;
    private const byte ML = (byte)Form.Load, MS = (byte)Form.Store, MI = (byte)Form.StoreImmediate;
    private const byte AM = (byte)Form.AluToMemory, AR = (byte)Form.AluToRegister;
    private const byte G1 = (byte)Form.Group1, B1 = (byte)Form.Group1Byte, G3 = (byte)Form.Group3, G4 = (byte)Form.Group4And5;
    private const byte Te = (byte)Form.Test, Xc = (byte)Form.Xchg, Xd = (byte)Form.Movsxd;
    private const byte Zx = (byte)Form.Movzx, Sx = (byte)Form.Movsx, BR = (byte)Form.BitRegister, BI = (byte)Form.BitImmediate;
    private const byte Cx = (byte)Form.Cmpxchg, Xa = (byte)Form.Xadd, Nt = (byte)Form.Movnti;

    public static ReadOnlySpan<byte> OneByte =>
    [
        AM, AM, AR, AR, __, __, __, __, AM, AM, AR, AR, __, __, __, Ec,     // 00: ADD, OR; 0F
        AM, AM, AR, AR, __, __, __, __, AM, AM, AR, AR, __, __, __, __,     // 10: ADC, SBB
        AM, AM, AR, AR, __, __, Sg, __, AM, AM, AR, AR, __, __, Sg, __,     // 20: AND, SUB; ES, CS
        AM, AM, AR, AR, __, __, Sg, __, AM, AM, AR, AR, __, __, Sg, __,     // 30: XOR, CMP; SS, DS
        Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx, Rx,     // 40
        __, __, __, __, __, __, __, __, __, __, __, __, __, __, __, __,     // 50
        __, __, __, Xd, Sg, Sg, Os, As, __, __, __, __, In, In, Ou, Ou,     // 60: MOVSXD; FS, GS, sizes; INS, OUTS
        __, __, __, __, __, __, __, __, __, __, __, __, __, __, __, __,     // 70
        G1, G1, __, B1, Te, Te, Xc, Xc, MS, MS, ML, ML, __, __, __, __,     // 80: TEST, XCHG, MOV
        __, __, __, __, __, __, __, __, __, __, __, __, __, __, __, __,     // 90
        Lo, Lo, So, So, Mv, Mv, __, __, __, __, St, St, Ld, Ld, __, __,     // A0: MOV, MOVS, STOS, LODS
        __, __, __, __, __, __, __, __, __, __, __, __, __, __, __, __,     // B0
        __, __, __, __, __, __, MI, MI, __, __, __, __, __, __, __, __,     // C0: MOV
        __, __, __, __, __, __, __, __, __, __, __, __, __, __, __, __,     // D0
        __, __, __, __, __, __, __, __, __, __, __, __, __, __, __, __,     // E0
        Lk, __, Rp, Rp, __, __, G3, G3, __, __, __, __, __, __, G4, G4,     // F0
    ];

    /// <summary>Behind 0F, from A0 to CF. MOVBE, behind 0F 38, is the decoder's own.</summary>
    public static ReadOnlySpan<byte> TwoByte =>
    [
        __, __, __, BR, __, __, __, __, __, __, __, BR, __, __, __, __,     // A0: BT, BTS
        Cx, Cx, __, BR, __, __, Zx, Zx, __, __, BI, BR, __, __, Sx, Sx,     // B0: CMPXCHG, BTR, MOVZX, BTC, MOVSX
        Xa, Xa, __, Nt, __, __, __, __, __, __, __, __, __, __, __, __,     // C0: XADD, MOVNTI
    ];

    public const byte FirstTwoByte = 0xa0;
}

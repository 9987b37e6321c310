using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// Decodes the instructions that guests use on devices; every other one is cleanly not supported, and so is every form
/// that the CPU itself would refuse. One table look-up per opcode byte; the end is checked once, behind the last byte.
/// </summary>
public static class Decoder
{
    // What prefixes said, one word. The segment is kept in the lowest byte.
    private const uint SegmentMask = 0xff;
    private const uint NoSegment = 0xff;
    private const uint OperandSize = 1 << 8, AddressSize = 1 << 9, Repeat = 1 << 10, Lock = 1 << 11;

    private const uint RexB = 1, RexX = 2, RexR = 4, RexW = 8;

    // LOCK is #UD on anything else (SDM vol. 2, LOCK), and needs a memory destination, which these always have.
    private const uint Lockable =
        1u << (int)Operation.Add | 1u << (int)Operation.Or | 1u << (int)Operation.Adc | 1u << (int)Operation.Sbb
        | 1u << (int)Operation.And | 1u << (int)Operation.Sub | 1u << (int)Operation.Xor | 1u << (int)Operation.Xchg
        | 1u << (int)Operation.Xadd | 1u << (int)Operation.Cmpxchg | 1u << (int)Operation.Inc | 1u << (int)Operation.Dec
        | 1u << (int)Operation.Not | 1u << (int)Operation.Neg | 1u << (int)Operation.Bts | 1u << (int)Operation.Btr
        | 1u << (int)Operation.Btc;

    /// <summary>
    /// What the bytes say. Whoever has a vCPU at an exit calls <see cref="Emulator{TGuest}"/>, which fetches, decodes and
    /// carries out. <paramref name="instruction"/> counts when the status is <see cref="DecodeStatus.Ok"/>.
    /// </summary>
    public static DecodeStatus Decode(in InstructionBytes bytes, CpuMode mode, out MemoryInstruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        uint prefixes = NoSegment;
        uint rex = 0;
        uint opcode = bytes[0];
        uint at = 1;
        Form form = (Form)OpcodeMap.OneByte[(byte)opcode];
        if (form <= Form.Rex)
            form = ReadPrefixes(bytes, mode, form, ref opcode, ref at, ref prefixes, ref rex);
        if (form == Form.Escape)
            form = ReadEscape(bytes, ref opcode, ref at, prefixes);
        if (form < Form.LoadOffset || !ReadOperands(bytes, mode, form, opcode, prefixes, rex, ref at, ref instruction))
            return Refused(bytes, at);
        if ((prefixes & Lock) != 0 && !TakeLock(ref instruction))
            return Refused(bytes, at);
        if (at > bytes.Length)
            return Refused(bytes, at);
        instruction.Length = (byte)at;
        instruction.Mode = mode;
        if (instruction.Base == GuestRegisters.RipIndex)
            instruction.Displacement += at;
        return DecodeStatus.Ok;
    }

    // A refusal that rests on a byte behind the end rests on nothing.
    private static DecodeStatus Refused(in InstructionBytes bytes, uint at) =>
        at > bytes.Length && bytes.Length < InstructionBytes.MaxLength ? DecodeStatus.Truncated : DecodeStatus.NotSupported;

    // In: the form of the byte at 0. Out: the first form that is no prefix; None when there can be none.
    private static Form ReadPrefixes(
        in InstructionBytes bytes, CpuMode mode, Form form, ref uint opcode, ref uint at, ref uint prefixes, ref uint rex)
    {
        for (; form is >= Form.OperandSize and <= Form.Rex; form = (Form)OpcodeMap.OneByte[(byte)opcode])
        {
            // REX counts only directly before the opcode (SDM vol. 2 2.2.1).
            rex = 0;
            switch (form)
            {
                case Form.Rex:
                    if (mode != CpuMode.Bits64)
                        return Form.None;           // INC and DEC of a register
                    rex = opcode;
                    break;
                case Form.OperandSize:
                    prefixes |= OperandSize;
                    break;
                case Form.AddressSize:
                    prefixes |= AddressSize;
                    break;
                case Form.Repeat:
                    // The last one is the mandatory prefix of a two-byte opcode; which of the two no form here asks.
                    prefixes |= Repeat;
                    break;
                case Form.Lock:
                    prefixes |= Lock;
                    break;
                default:
                    Segment segment = SegmentOf(opcode);
                    // ES, CS, SS and DS overrides mean nothing in 64-bit mode (AMD APM vol. 3 1.2.4).
                    if (segment >= Segment.Fs || mode != CpuMode.Bits64)
                        prefixes = prefixes & ~SegmentMask | (uint)segment;
                    break;
            }
            if (at == InstructionBytes.MaxLength)
            {
                at++;
                return Form.None;
            }
            opcode = bytes[at++];
        }
        return form;
    }

    // 26, 2E, 36, 3E, 64, 65.
    private static Segment SegmentOf(uint prefix) => (Segment)(prefix < 0x64 ? prefix >> 3 & 3 : prefix & 7);

    private static Form ReadEscape(in InstructionBytes bytes, ref uint opcode, ref uint at, uint prefixes)
    {
        opcode = bytes[at++];
        uint index = opcode - OpcodeMap.FirstTwoByte;
        if (index < (uint)OpcodeMap.TwoByte.Length)
            return (Form)OpcodeMap.TwoByte[(int)index];
        if (opcode != 0x38)
            return Form.None;
        opcode = bytes[at++];
        // MOVBE; with F2 it is CRC32.
        return (opcode & 0xfe) == 0xf0 && (prefixes & Repeat) == 0 ? Form.Movbe : Form.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ReadOperands(
        in InstructionBytes bytes, CpuMode mode, Form form, uint opcode, uint prefixes, uint rex, ref uint at,
        ref MemoryInstruction instruction)
    {
        uint operandSize = mode == CpuMode.Bits16 ? 2u : 4;
        uint addressSize = (uint)mode;
        if ((prefixes & OperandSize) != 0)
            operandSize ^= 6;
        if ((prefixes & AddressSize) != 0)
            addressSize = addressSize == 4 ? 2u : 4;
        if ((rex & RexW) != 0)
            operandSize = 8;
        // Bit 0 of nearly all opcodes: not a byte.
        uint size = (opcode & 1) != 0 ? operandSize : 1;

        instruction.AddressSize = (byte)addressSize;
        instruction.MemorySize = (byte)size;
        instruction.RegisterSize = (byte)size;
        if (form < Form.Load)
            return ReadImplied(bytes, form, operandSize, prefixes, ref at, ref instruction);

        uint modrm = bytes[at++];
        uint register = modrm >> 3 & 7;
        if (modrm >= 0xc0)
            return false;
        if (addressSize == 2)
            ReadAddress16(bytes, modrm, prefixes, ref at, ref instruction);
        else
            ReadAddress(bytes, mode, modrm, prefixes, rex, ref at, ref instruction);

        uint number = register | (rex & RexR) << 1;
        instruction.Register = (byte)number;
        InstructionFlags flags = InstructionFlags.None;
        // Without REX the byte registers 4 to 7 are AH, CH, DH, BH (SDM vol. 2 2.2.1.2).
        if (size == 1 && rex == 0 && number >= 4 && form is not (Form.Movzx or Form.Movsx or Form.Movbe))
        {
            instruction.Register = (byte)(number - 4);
            flags = InstructionFlags.HighByte;
        }
        instruction.Flags = flags;
        if (form == Form.Load)
            instruction.Operation = Operation.Load;
        else if (form == Form.Store)
            instruction.Operation = Operation.Store;
        else
            return ReadRest(bytes, mode, form, opcode, register, operandSize, prefixes, ref at, ref instruction);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadAddress(
        in InstructionBytes bytes, CpuMode mode, uint modrm, uint prefixes, uint rex, ref uint at, ref MemoryInstruction instruction)
    {
        uint rm = modrm & 7;
        bool withoutBase = rm == 5;
        uint index = GuestRegisters.None;
        uint scale = 0;
        bool hasSib = rm == 4;
        if (hasSib)
        {
            uint sib = bytes[at++];
            rm = sib & 7;
            withoutBase = rm == 5;
            scale = sib >> 6;
            index = sib >> 3 & 7 | (rex & RexX) << 2;
            if (index == GuestRegisters.Rsp)
                (index, scale) = (GuestRegisters.None, 0);
        }
        uint number = rm | (rex & RexB) << 3;
        long displacement = 0;
        if (modrm >= 0x80)
        {
            displacement = bytes.Int32At(at);
            at += 4;
        }
        else if (modrm >= 0x40)
        {
            displacement = (sbyte)bytes[at++];
        }
        else if (withoutBase)
        {
            displacement = bytes.Int32At(at);
            at += 4;
            number = !hasSib && mode == CpuMode.Bits64 ? GuestRegisters.RipIndex : GuestRegisters.None;
        }
        instruction.Base = (byte)number;
        instruction.Index = (byte)index;
        instruction.Scale = (byte)scale;
        instruction.Displacement = displacement;
        SetSegment(prefixes, (number & ~1u) == GuestRegisters.Rsp ? Segment.Ss : Segment.Ds, ref instruction);
    }

    // SDM vol. 2 table 2-1.
    private static void ReadAddress16(in InstructionBytes bytes, uint modrm, uint prefixes, ref uint at, ref MemoryInstruction instruction)
    {
        uint rm = modrm & 7;
        byte number = rm switch
        {
            4 => GuestRegisters.Rsi,
            5 => GuestRegisters.Rdi,
            2 or 3 or 6 => GuestRegisters.Rbp,
            _ => GuestRegisters.Rbx,
        };
        byte index = rm >= 4 ? GuestRegisters.None : (rm & 1) != 0 ? GuestRegisters.Rdi : GuestRegisters.Rsi;
        long displacement = 0;
        if (modrm >= 0x80 || modrm < 0x40 && rm == 6)
        {
            displacement = (short)bytes.Int32At(at);
            at += 2;
            if (modrm < 0x40)
                number = GuestRegisters.None;
        }
        else if (modrm >= 0x40)
        {
            displacement = (sbyte)bytes[at++];
        }
        instruction.Base = number;
        instruction.Index = index;
        instruction.Scale = 0;
        instruction.Displacement = displacement;
        SetSegment(prefixes, number == GuestRegisters.Rbp ? Segment.Ss : Segment.Ds, ref instruction);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetSegment(uint prefixes, Segment natural, ref MemoryInstruction instruction)
    {
        uint segment = prefixes & SegmentMask;
        instruction.Segment = segment == NoSegment ? natural : (Segment)segment;
    }

    // MOV with an offset (A0 to A3) and the string instructions: no ModRM, the register is rAX.
    private static bool ReadImplied(
        in InstructionBytes bytes, Form form, uint operandSize, uint prefixes, ref uint at, ref MemoryInstruction instruction)
    {
        instruction.Base = GuestRegisters.Rsi;
        instruction.Index = GuestRegisters.None;
        instruction.Scale = 0;
        instruction.Displacement = 0;
        instruction.Register = GuestRegisters.Rax;
        instruction.Flags = (prefixes & Repeat) != 0 && form >= Form.Movs ? InstructionFlags.Repeat : InstructionFlags.None;
        SetSegment(prefixes, Segment.Ds, ref instruction);
        switch (form)
        {
            case Form.LoadOffset:
            case Form.StoreOffset:
                instruction.Operation = form == Form.LoadOffset ? Operation.Load : Operation.Store;
                instruction.Base = GuestRegisters.None;
                instruction.Displacement = instruction.AddressSize switch
                {
                    2 => (ushort)bytes.Int32At(at),
                    4 => (uint)bytes.Int32At(at),
                    _ => bytes.Int64At(at),
                };
                at += instruction.AddressSize;
                return true;
            case Form.Movs:
                instruction.Operation = Operation.Movs;
                return true;
            case Form.Lods:
                instruction.Operation = Operation.Lods;
                return true;
            case Form.Stos:
                instruction.Operation = Operation.Stos;
                break;
            default:
                instruction.Operation = form == Form.Ins ? Operation.Ins : Operation.Outs;
                // Ports have no quadwords: REX.W means nothing (SDM vol. 2, INS).
                if (instruction.MemorySize == 8)
                    instruction.MemorySize = instruction.RegisterSize = 4;
                if (form == Form.Outs)
                    return true;
                break;
        }
        instruction.Base = GuestRegisters.Rdi;
        instruction.Segment = Segment.Es;                   // no override changes it
        return true;
    }

    private static bool ReadRest(
        in InstructionBytes bytes, CpuMode mode, Form form, uint opcode, uint register, uint operandSize, uint prefixes,
        ref uint at, ref MemoryInstruction instruction)
    {
        switch (form)
        {
            case Form.AluToMemory:
                instruction.Operation = (Operation)(opcode >> 3);
                instruction.Flags |= InstructionFlags.ToMemory;
                return true;
            case Form.AluToRegister:
                instruction.Operation = (Operation)(opcode >> 3);
                return true;
            case Form.Test:
                instruction.Operation = Operation.Test;
                return true;
            case Form.Xchg:
                return ToMemory(Operation.Xchg, ref instruction);
            case Form.Cmpxchg:
                return ToMemory(Operation.Cmpxchg, ref instruction);
            case Form.Xadd:
                return ToMemory(Operation.Xadd, ref instruction);
            case Form.StoreImmediate:
                return register == 0 && ReadImmediate(bytes, Operation.Store, ref at, ref instruction);
            case Form.Group1:
                return ReadImmediate(bytes, (Operation)register, ref at, ref instruction);
            case Form.Group1Byte:
                return ReadByteImmediate(bytes, (Operation)register, ref at, ref instruction);
            case Form.Group3:
                return register switch
                {
                    0 or 1 => ReadImmediate(bytes, Operation.Test, ref at, ref instruction),
                    2 => ToMemory(Operation.Not, ref instruction),
                    3 => ToMemory(Operation.Neg, ref instruction),
                    _ => false,
                };
            case Form.Group4And5:
                return register switch
                {
                    0 => ToMemory(Operation.Inc, ref instruction),
                    1 => ToMemory(Operation.Dec, ref instruction),
                    _ => false,
                };
            case Form.Movsxd:
                // With a 16-bit operand AMD and Intel disagree on how much is read.
                if (mode != CpuMode.Bits64 || operandSize == 2)
                    return false;
                return Extend(4, operandSize, InstructionFlags.SignExtend, ref instruction);
            case Form.Movzx:
            case Form.Movsx:
                return Extend((opcode & 1) + 1, operandSize,
                    form == Form.Movsx ? InstructionFlags.SignExtend : InstructionFlags.None, ref instruction);
            case Form.BitRegister:
                instruction.Operation = Operation.Bt + (byte)(opcode >> 3 & 3);
                instruction.Flags |= InstructionFlags.ToMemory;
                return true;
            case Form.BitImmediate:
                instruction.MemorySize = instruction.RegisterSize = (byte)operandSize;
                instruction.Flags = InstructionFlags.None;
                return register >= 4 && ReadByteImmediate(bytes, Operation.Bt + (byte)(register & 3), ref at, ref instruction);
            case Form.Movnti:
                // Never 2 bytes: no prefix and no mode makes it shorter.
                instruction.Operation = Operation.Store;
                instruction.MemorySize = instruction.RegisterSize = (byte)Math.Max(operandSize, 4);
                return (prefixes & (OperandSize | Repeat)) == 0;
            default:
                // MOVBE: bit 0 of the opcode is the direction, not the size.
                instruction.Operation = (opcode & 1) != 0 ? Operation.Store : Operation.Load;
                instruction.MemorySize = instruction.RegisterSize = (byte)operandSize;
                instruction.Flags = InstructionFlags.ByteSwap;
                return true;
        }
    }

    private static bool ToMemory(Operation operation, ref MemoryInstruction instruction)
    {
        instruction.Operation = operation;
        instruction.Flags |= InstructionFlags.ToMemory;
        return true;
    }

    private static bool Extend(uint memorySize, uint registerSize, InstructionFlags flags, ref MemoryInstruction instruction)
    {
        instruction.Operation = Operation.Load;
        instruction.MemorySize = (byte)memorySize;
        instruction.RegisterSize = (byte)registerSize;
        instruction.Flags = flags;
        return true;
    }

    // As wide as the operand, but never more than 4 bytes, which extend the sign.
    private static bool ReadImmediate(in InstructionBytes bytes, Operation operation, ref uint at, ref MemoryInstruction instruction)
    {
        if (instruction.MemorySize == 1)
            return ReadByteImmediate(bytes, operation, ref at, ref instruction);
        uint size = instruction.MemorySize == 2 ? 2u : 4;
        int immediate = bytes.Int32At(at);
        at += size;
        return TakeImmediate(operation, size == 2 ? (short)immediate : immediate, ref instruction);
    }

    private static bool ReadByteImmediate(in InstructionBytes bytes, Operation operation, ref uint at, ref MemoryInstruction instruction) =>
        TakeImmediate(operation, (sbyte)bytes[at++], ref instruction);

    private static bool TakeImmediate(Operation operation, long immediate, ref MemoryInstruction instruction)
    {
        instruction.Operation = operation;
        instruction.Immediate = immediate;
        // ModRM.reg was the opcode's, not a register.
        instruction.Register = 0;
        instruction.Flags = InstructionFlags.ToMemory | InstructionFlags.Immediate;
        return true;
    }

    private static bool TakeLock(ref MemoryInstruction instruction)
    {
        if ((Lockable >> (int)instruction.Operation & 1) == 0 || !instruction.Has(InstructionFlags.ToMemory))
            return false;
        instruction.Flags |= InstructionFlags.Lock;
        return true;
    }
}

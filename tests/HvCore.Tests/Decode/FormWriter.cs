using System;
using System.Collections.Generic;
using System.IO;
using Bulkhead.X86.Decode;
using Iced.Intel;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>Writes every variant of an opcode that has a memory operand, by Iced's encoder.</summary>
internal sealed class FormWriter(CpuMode mode)
{
    private static readonly Register[] s_segments =
        [Register.None, Register.None, Register.ES, Register.CS, Register.SS, Register.DS, Register.FS, Register.GS];

    public IEnumerable<byte[]> Encode(Code code, int count, Random random)
    {
        OpCodeInfo info = code.ToOpCode();
        if (!info.IsInstruction || info.Encoding != EncodingKind.Legacy || !info.IsAvailableInMode((int)mode * 8))
            yield break;
        for (int i = 0; i < count; i++)
        {
            Instruction instruction = default;
            instruction.Code = code;
            if (!TrySetOperands(ref instruction, info, random) || !IcedForms.TryGet(instruction, out _))
                yield break;
            if (info.CanUseLockPrefix && random.Next(4) == 0 && instruction.Op0Kind == OpKind.Memory)
                instruction.HasLockPrefix = true;
            if (info.CanUseRepPrefix && random.Next(2) == 0)
                instruction.HasRepPrefix = true;
            var writer = new Writer();
            if (Encoder.Create((int)mode * 8, writer).TryEncode(instruction, 0, out _, out _))
                yield return writer.Bytes.ToArray();
        }
    }

    private bool TrySetOperands(ref Instruction instruction, OpCodeInfo info, Random random)
    {
        for (int i = 0; i < info.OpCount; i++)
        {
            OpCodeOperandKind kind = info.GetOpKind(i);
            switch (kind)
            {
                case OpCodeOperandKind.mem or OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem
                    or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem:
                    SetMemory(ref instruction, i, random);
                    break;
                case OpCodeOperandKind.mem_offs:
                    SetOffset(ref instruction, i, random);
                    break;
                case OpCodeOperandKind.seg_rSI:
                    instruction.SetOpKind(i, StringKind(OpKind.MemorySegSI, OpKind.MemorySegESI, OpKind.MemorySegRSI, i, random));
                    instruction.SegmentPrefix = s_segments[random.Next(s_segments.Length)];
                    break;
                case OpCodeOperandKind.es_rDI:
                    instruction.SetOpKind(i, StringKind(OpKind.MemoryESDI, OpKind.MemoryESEDI, OpKind.MemoryESRDI, i, random));
                    break;
                case OpCodeOperandKind.r8_reg:
                    instruction.SetOpRegister(i, Register.AL + random.Next(mode == CpuMode.Bits64 ? 20 : 8));
                    break;
                case OpCodeOperandKind.r16_reg:
                    instruction.SetOpRegister(i, Register.AX + General(random));
                    break;
                case OpCodeOperandKind.r32_reg:
                    instruction.SetOpRegister(i, Register.EAX + General(random));
                    break;
                case OpCodeOperandKind.r64_reg:
                    instruction.SetOpRegister(i, Register.RAX + General(random));
                    break;
                case OpCodeOperandKind.al:
                    instruction.SetOpRegister(i, Register.AL);
                    break;
                case OpCodeOperandKind.ax:
                    instruction.SetOpRegister(i, Register.AX);
                    break;
                case OpCodeOperandKind.eax:
                    instruction.SetOpRegister(i, Register.EAX);
                    break;
                case OpCodeOperandKind.rax:
                    instruction.SetOpRegister(i, Register.RAX);
                    break;
                case OpCodeOperandKind.dx:
                    instruction.SetOpRegister(i, Register.DX);
                    break;
                default:
                    if (!TrySetImmediate(ref instruction, i, kind, random))
                        return false;
                    break;
            }
        }
        return true;
    }

    private int General(Random random) => random.Next(mode == CpuMode.Bits64 ? 16 : 8);

    // The two pointers of one instruction have one address size: operand 1 repeats what operand 0 drew.
    private OpKind StringKind(OpKind bits16, OpKind bits32, OpKind bits64, int operand, Random random)
    {
        if (operand == 0)
            _narrow = random.Next(2) == 0;
        return mode == CpuMode.Bits64 ? _narrow ? bits32 : bits64 : _narrow ? bits16 : bits32;
    }

    private bool _narrow;

    private static bool TrySetImmediate(ref Instruction instruction, int operand, OpCodeOperandKind kind, Random random)
    {
        int value = random.Next(3) == 0 ? random.Next(-200, 200) : random.Next() ^ random.Next() << 1;
        switch (kind)
        {
            case OpCodeOperandKind.imm8:
                instruction.SetOpKind(operand, OpKind.Immediate8);
                instruction.Immediate8 = (byte)value;
                return true;
            case OpCodeOperandKind.imm8sex16:
                instruction.SetOpKind(operand, OpKind.Immediate8to16);
                instruction.Immediate8to16 = (sbyte)value;
                return true;
            case OpCodeOperandKind.imm8sex32:
                instruction.SetOpKind(operand, OpKind.Immediate8to32);
                instruction.Immediate8to32 = (sbyte)value;
                return true;
            case OpCodeOperandKind.imm8sex64:
                instruction.SetOpKind(operand, OpKind.Immediate8to64);
                instruction.Immediate8to64 = (sbyte)value;
                return true;
            case OpCodeOperandKind.imm16:
                instruction.SetOpKind(operand, OpKind.Immediate16);
                instruction.Immediate16 = (ushort)value;
                return true;
            case OpCodeOperandKind.imm32:
                instruction.SetOpKind(operand, OpKind.Immediate32);
                instruction.Immediate32 = (uint)value;
                return true;
            case OpCodeOperandKind.imm32sex64:
                instruction.SetOpKind(operand, OpKind.Immediate32to64);
                instruction.Immediate32to64 = value;
                return true;
            default:
                return false;
        }
    }

    private void SetOffset(ref Instruction instruction, int operand, Random random)
    {
        int size = mode == CpuMode.Bits64 ? random.Next(2) == 0 ? 4 : 8 : random.Next(2) == 0 ? 2 : 4;
        instruction.SetOpKind(operand, OpKind.Memory);
        instruction.SegmentPrefix = s_segments[random.Next(s_segments.Length)];
        instruction.MemoryDisplSize = size;
        instruction.MemoryDisplacement64 = (ulong)random.NextInt64() << 1 & GuestRegisters.Mask((uint)size);
    }

    private void SetMemory(ref Instruction instruction, int operand, Random random)
    {
        instruction.SetOpKind(operand, OpKind.Memory);
        instruction.SegmentPrefix = s_segments[random.Next(s_segments.Length)];
        int size = mode == CpuMode.Bits64 ? random.Next(4) == 0 ? 4 : 8 : random.Next(2) == 0 ? 2 : 4;
        if (size == 2)
        {
            (Register b, Register i)[] pairs =
            [
                (Register.BX, Register.SI), (Register.BX, Register.DI), (Register.BP, Register.SI), (Register.BP, Register.DI),
                (Register.SI, Register.None), (Register.DI, Register.None), (Register.BP, Register.None),
                (Register.BX, Register.None), (Register.None, Register.None),
            ];
            (instruction.MemoryBase, instruction.MemoryIndex) = pairs[random.Next(pairs.Length)];
        }
        else
        {
            Register first = size == 4 ? Register.EAX : Register.RAX;
            int kind = random.Next(8);
            if (kind == 0 && mode == CpuMode.Bits64)
                instruction.MemoryBase = size == 4 ? Register.EIP : Register.RIP;
            else if (kind >= 2)
                instruction.MemoryBase = first + General(random);
            int index = General(random);
            if ((kind == 1 || kind >= 5) && index != 4)
            {
                instruction.MemoryIndex = first + index;
                instruction.MemoryIndexScale = 1 << random.Next(4);
            }
        }
        bool none = instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None;
        bool relative = instruction.MemoryBase is Register.RIP or Register.EIP;
        long displacement = random.Next(3) switch
        {
            0 => 0,
            1 => (sbyte)random.Next(),
            _ => size == 2 ? (short)random.Next() : random.Next() ^ random.Next() << 1,
        };
        instruction.MemoryDisplSize = none || relative || displacement != (sbyte)displacement ? size : displacement != 0 ? 1 : 0;
        instruction.MemoryDisplacement64 = (ulong)displacement & GuestRegisters.Mask((uint)size);
        if (relative)
            instruction.MemoryDisplacement64 &= 0x7fffffff;
    }

    private sealed class Writer : CodeWriter
    {
        public readonly MemoryStream Bytes = new();

        public override void WriteByte(byte value) => Bytes.WriteByte(value);
    }
}

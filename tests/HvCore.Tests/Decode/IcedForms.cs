using Iced.Intel;
using Operation = Bulkhead.X86.Decode.Operation;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>Which of Iced's opcodes the decoder promises to know, and what they are called here.</summary>
internal static class IcedForms
{
    private static Operation? Named(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Add => Operation.Add,
        Mnemonic.Or => Operation.Or,
        Mnemonic.Adc => Operation.Adc,
        Mnemonic.Sbb => Operation.Sbb,
        Mnemonic.And => Operation.And,
        Mnemonic.Sub => Operation.Sub,
        Mnemonic.Xor => Operation.Xor,
        Mnemonic.Cmp => Operation.Cmp,
        Mnemonic.Test => Operation.Test,
        Mnemonic.Mov or Mnemonic.Movzx or Mnemonic.Movsx or Mnemonic.Movsxd or Mnemonic.Movbe => Operation.Load,
        Mnemonic.Movnti => Operation.Store,
        Mnemonic.Xchg => Operation.Xchg,
        Mnemonic.Xadd => Operation.Xadd,
        Mnemonic.Cmpxchg => Operation.Cmpxchg,
        Mnemonic.Inc => Operation.Inc,
        Mnemonic.Dec => Operation.Dec,
        Mnemonic.Not => Operation.Not,
        Mnemonic.Neg => Operation.Neg,
        Mnemonic.Bt => Operation.Bt,
        Mnemonic.Bts => Operation.Bts,
        Mnemonic.Btr => Operation.Btr,
        Mnemonic.Btc => Operation.Btc,
        Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq => Operation.Movs,
        Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq => Operation.Lods,
        Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq => Operation.Stos,
        Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd => Operation.Ins,
        Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd => Operation.Outs,
        _ => null,
    };

    /// <summary>False for what must be refused: another instruction, or one without a memory operand.</summary>
    public static bool TryGet(in Instruction instruction, out Operation operation)
    {
        operation = default;
        if (instruction.Encoding != EncodingKind.Legacy || instruction.Code is Code.Movsxd_r16_rm16
                or Code.Cmpxchg486_rm8_r8 or Code.Cmpxchg486_rm16_r16 or Code.Cmpxchg486_rm32_r32
            || Named(instruction.Mnemonic) is not Operation named || MemoryOperand(instruction) < 0)
            return false;
        operation = named;
        // 82 repeats 80; no assembler writes it.
        OpCodeInfo opcode = instruction.OpCode;
        if (opcode.OpCode == 0x82 && opcode.Table == OpCodeTableKind.Normal)
            return false;
        // SSE's MOVSD, and MOV to and from segment registers.
        for (int i = 0; i < instruction.OpCount; i++)
            if (instruction.GetOpKind(i) == OpKind.Register && !instruction.GetOpRegister(i).IsGPR()
                && instruction.GetOpRegister(i) != Register.DX)
                return false;
        if (operation == Operation.Load && MemoryOperand(instruction) == 0)
            operation = Operation.Store;
        return true;
    }

    /// <summary>The operand that the decoder calls the memory operand: for MOVS the source.</summary>
    public static int MemoryOperand(in Instruction instruction)
    {
        for (int i = instruction.OpCount - 1; i >= 0; i--)
            if (instruction.GetOpKind(i) is >= OpKind.MemorySegSI and <= OpKind.Memory)
                return i;
        return -1;
    }
}

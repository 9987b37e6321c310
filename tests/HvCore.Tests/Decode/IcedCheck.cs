using System;
using Bulkhead.X86.Decode;
using Iced.Intel;
using Xunit;
using Decoder = Bulkhead.X86.Decode.Decoder;
using Operation = Bulkhead.X86.Decode.Operation;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>One string of bytes decoded by Iced and by the hypervisor: same meaning, or both refuse.</summary>
internal static class IcedCheck
{
    /// <summary>Fails unless both agree. Returns what the hypervisor's decoder said.</summary>
    public static DecodeStatus Same(ReadOnlySpan<byte> code, CpuMode mode, in GuestRegisters registers)
    {
        byte[] given = code.ToArray();
        DecodeStatus status = Decoder.Decode(new InstructionBytes(code), mode, out MemoryInstruction mine);
        var iced = Iced.Intel.Decoder.Create((int)mode * 8, new ByteArrayCodeReader(given));
        iced.IP = registers.Rip;
        iced.Decode(out Instruction theirs);

        Differences differences = default;
        if (theirs.IsInvalid && iced.LastError == DecoderError.NoMoreBytes)
        {
            differences.True("not decoded", status is DecodeStatus.Truncated or DecodeStatus.NotSupported);
        }
        else if (theirs.IsInvalid || !IcedForms.TryGet(theirs, out Operation operation))
        {
            differences.True("refused", status != DecodeStatus.Ok);
            differences.True("refused for good", code.Length < InstructionBytes.MaxLength || status == DecodeStatus.NotSupported);
        }
        else
        {
            differences.Equal("status", DecodeStatus.Ok, status);
            if (status == DecodeStatus.Ok)
                Compare(ref differences, theirs, operation, mine, mode, registers);
        }
        if (differences.Any)
            Assert.Fail($"{mode} {Convert.ToHexString(given)} ({theirs}): {differences}");
        return status;
    }

    private static void Compare(
        ref Differences differences, in Instruction theirs, Operation operation, in MemoryInstruction mine, CpuMode mode,
        in GuestRegisters registers)
    {
        int memory = IcedForms.MemoryOperand(theirs);
        differences.Equal("length", theirs.Length, mine.Length);
        differences.Equal("operation", operation, mine.Operation);
        differences.Equal("lock", theirs.HasLockPrefix, mine.Has(InstructionFlags.Lock));
        differences.Equal("memory size", theirs.MemorySize.GetSize(), mine.MemorySize);
        differences.Equal("sign", theirs.Mnemonic is Mnemonic.Movsx or Mnemonic.Movsxd, mine.Has(InstructionFlags.SignExtend));
        differences.Equal("swap", theirs.Mnemonic is Mnemonic.Movbe, mine.Has(InstructionFlags.ByteSwap));
        CompareAddress(ref differences, theirs, memory, mine, mode, registers);
        if (mine.IsString)
            CompareString(ref differences, theirs, memory, mine);
        else
            CompareOther(ref differences, theirs, memory, mine);
    }

    private static void CompareAddress(
        ref Differences differences, in Instruction theirs, int memory, in MemoryInstruction mine, CpuMode mode,
        in GuestRegisters registers)
    {
        GuestRegisters state = registers;
        ulong address = theirs.GetVirtualAddress(memory, 0, (register, _, _) =>
            register.IsSegmentRegister() ? 0 : IcedRegisters.Read(state, register));
        differences.Equal("offset", address, mine.Offset(registers));
        bool toRdi = theirs.GetOpKind(memory) is OpKind.MemoryESDI or OpKind.MemoryESEDI or OpKind.MemoryESRDI;
        Segment segment = IcedRegisters.Segment(toRdi ? Register.ES : theirs.MemorySegment);
        // In 64-bit mode the first four have no base; which of them it is means nothing.
        if (mode == CpuMode.Bits64 && segment < Segment.Fs)
            differences.True("segment without a base", mine.Segment < Segment.Fs);
        else
            differences.Equal("segment", segment, mine.Segment);
    }

    private static void CompareString(ref Differences differences, in Instruction theirs, int memory, in MemoryInstruction mine)
    {
        int width = theirs.GetOpKind(memory) switch
        {
            OpKind.MemorySegSI or OpKind.MemoryESDI => 2,
            OpKind.MemorySegESI or OpKind.MemoryESEDI => 4,
            _ => 8,
        };
        differences.Equal("address size", width, mine.AddressSize);
        differences.Equal("repeat", theirs.HasRepePrefix || theirs.HasRepnePrefix, mine.Has(InstructionFlags.Repeat));
    }

    private static void CompareOther(ref Differences differences, in Instruction theirs, int memory, in MemoryInstruction mine)
    {
        int other = 1 - memory;
        bool alone = theirs.OpCount == 1;
        bool isRegister = !alone && theirs.GetOpKind(other) == OpKind.Register;
        bool isBitOperation = mine.Operation is >= Operation.Bt and <= Operation.Btc;
        differences.Equal("repeat", false, mine.Has(InstructionFlags.Repeat));
        differences.Equal("immediate", !alone && !isRegister, mine.Has(InstructionFlags.Immediate));
        differences.Equal("bit string", isBitOperation && isRegister, mine.IsBitString);
        if (isRegister)
        {
            Register register = theirs.GetOpRegister(other);
            differences.Equal("register", IcedRegisters.Index(register), mine.Register);
            differences.Equal("register size", register.GetSize(), mine.RegisterSize);
            differences.Equal("high byte", register is >= Register.AH and <= Register.BH, mine.Has(InstructionFlags.HighByte));
            if (mine.Operation is not (Operation.Load or Operation.Store or Operation.Test))
                differences.Equal("to memory", memory == 0, mine.Has(InstructionFlags.ToMemory));
        }
        else if (!alone)
        {
            // A bit's number counts modulo the operand's size.
            ulong mask = isBitOperation ? (ulong)mine.MemorySize * 8 - 1 : GuestRegisters.Mask(mine.MemorySize);
            differences.Equal("immediate's value", theirs.GetImmediate(other) & mask, (ulong)mine.Immediate & mask);
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>
/// Carries out one instruction of a guest on a device. The exit handler calls <see cref="Access"/> for a nested page
/// fault or EPT violation on an address that is not RAM, and <see cref="StringPort"/> for INS and OUTS, with the vCPU's
/// registers in <see cref="GuestRegisters"/> (RIP at the instruction), and follows the <see cref="EmulationStatus"/>.
/// </summary>
public static class Emulator<TGuest> where TGuest : struct, IGuestCpu
{
    private const uint PageBytes = 4096;
    private const ulong RflagsRf = 1 << 16;

    /// <param name="guest">The vCPU that made the exit.</param>
    /// <param name="emulation">What the vCPU keeps for the emulator from exit to exit.</param>
    /// <param name="registers">Its registers; changed with <see cref="EmulationStatus.Done"/> and by a part of a REP.</param>
    /// <param name="address">The guest-physical address of the exit: what the CPU wanted to reach.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EmulationStatus Access(
        ref TGuest guest, ref Emulation emulation, ref GuestRegisters registers, GuestPhys address)
    {
        ref FetchedInstruction fetched = ref emulation.At(registers.Rip);
        if (!fetched.IsCurrent(ref guest))
        {
            EmulationStatus status = fetched.Fetch(ref guest, registers.Rip);
            if (status != EmulationStatus.Done)
                return status;
        }
        if (fetched.Instruction.IsString)
            return RunString(ref guest, ref emulation, ref registers, fetched.Instruction, isPort: false);
        return Run(ref guest, ref registers, fetched.Instruction, address);
    }

    /// <summary>INS or OUTS at RIP. The CPU has checked that the guest may use the port.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EmulationStatus StringPort(ref TGuest guest, ref Emulation emulation, ref GuestRegisters registers)
    {
        ref FetchedInstruction fetched = ref emulation.At(registers.Rip);
        EmulationStatus status = fetched.Fetch(ref guest, registers.Rip);
        return status == EmulationStatus.Done
            ? RunString(ref guest, ref emulation, ref registers, fetched.Instruction, isPort: true)
            : status;
    }

    // An exit of the other kind was not this instruction's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EmulationStatus RunString(
        ref TGuest guest, ref Emulation emulation, ref GuestRegisters registers, in MemoryInstruction instruction, bool isPort) =>
        instruction.Operation >= Operation.Ins == isPort
            ? StringEmulator<TGuest>.Run(ref guest, ref registers, instruction, ref emulation.Fault)
            : EmulationStatus.Retry;

    /// <summary>One instruction that is no string instruction; the bytes of its memory operand begin at the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EmulationStatus Run(
        ref TGuest guest, ref GuestRegisters registers, in MemoryInstruction instruction, GuestPhys address)
    {
        // The address is the CPU's, the operand that of the bytes as they are now: pages do not change the low bits.
        ulong offset = LowBits(ref guest, registers, instruction) & (PageBytes - 1);
        if (offset + instruction.MemorySize > PageBytes)
            return EmulationStatus.NotSupported;
        if (offset != (address.Value & (PageBytes - 1)))
            return EmulationStatus.Retry;
        if (instruction.Operation == Operation.Load)
            Load(ref guest, ref registers, instruction, address);
        else if (instruction.Operation == Operation.Store)
            Store(ref guest, registers, instruction, address);
        else
            ReadModifyWrite(ref guest, ref registers, instruction, address);
        Advance(ref registers, instruction);
        return EmulationStatus.Done;
    }

    /// <summary>RIP to the next instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Advance(ref GuestRegisters registers, in MemoryInstruction instruction)
    {
        ulong rip = registers.Rip + instruction.Length;
        registers.Rip = instruction.Mode == CpuMode.Bits64 ? rip : (uint)rip;
        registers.Rflags &= ~RflagsRf;
    }

    // Of the linear address; only the bits below a page are used.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LowBits(ref TGuest guest, in GuestRegisters registers, in MemoryInstruction instruction)
    {
        ulong offset = instruction.Offset(registers);
        if (instruction.IsBitString)
            offset += BitOffset(registers, instruction);
        if (instruction.Mode != CpuMode.Bits64 || instruction.Segment >= Segment.Fs)
            offset += guest.SegmentBase(instruction.Segment);
        return offset;
    }

    // The register is signed, and counts operands of its size before it counts bits in one (SDM vol. 2, BT).
    private static ulong BitOffset(in GuestRegisters registers, in MemoryInstruction instruction)
    {
        int bits = instruction.RegisterSize * 8;
        long number = (long)(registers[instruction.Register] << 64 - bits) >> 64 - bits;
        return (ulong)(number & -bits) >> 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(ref TGuest guest, ref GuestRegisters registers, in MemoryInstruction instruction, GuestPhys address)
    {
        ulong value = guest.ReadDevice(address, instruction.MemorySize) & GuestRegisters.Mask(instruction.MemorySize);
        if (instruction.Has(InstructionFlags.SignExtend | InstructionFlags.ByteSwap))
            value = Converted(value, instruction);
        registers.WriteOperand(instruction, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Converted(ulong value, in MemoryInstruction instruction)
    {
        int unused = 64 - 8 * instruction.MemorySize;
        return instruction.Has(InstructionFlags.SignExtend)
            ? (ulong)((long)(value << unused) >> unused)
            : BinaryPrimitives.ReverseEndianness(value) >> unused;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref TGuest guest, in GuestRegisters registers, in MemoryInstruction instruction, GuestPhys address)
    {
        ulong value = Operand(registers, instruction);
        if (instruction.Has(InstructionFlags.ByteSwap))
            value = Converted(value, instruction);
        guest.WriteDevice(address, instruction.MemorySize, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Operand(in GuestRegisters registers, in MemoryInstruction instruction) =>
        instruction.Has(InstructionFlags.Immediate)
            ? (ulong)instruction.Immediate & GuestRegisters.Mask(instruction.MemorySize)
            : registers.ReadOperand(instruction);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadModifyWrite(
        ref TGuest guest, ref GuestRegisters registers, in MemoryInstruction instruction, GuestPhys address)
    {
        uint size = instruction.MemorySize;
        ulong memory = ReadSeldom(ref guest, address, size);
        ulong operand = Operand(registers, instruction);
        bool toMemory = instruction.Has(InstructionFlags.ToMemory);
        Operation operation = instruction.Operation;
        ulong result = operation switch
        {
            <= Operation.Cmp => toMemory
                ? Calculate(operation, memory, operand, size, ref registers.Rflags)
                : Calculate(operation, operand, memory, size, ref registers.Rflags),
            Operation.Test => Arithmetic.Logic(memory & operand, size, ref registers.Rflags),
            Operation.Xadd => Arithmetic.Add(memory, operand, 0, size, ref registers.Rflags),
            Operation.Cmpxchg => CompareExchange(ref registers, memory, operand, size),
            Operation.Inc or Operation.Dec => Count(operation, memory, size, ref registers.Rflags),
            Operation.Not => ~memory,
            Operation.Neg => Arithmetic.Subtract(0, memory, 0, size, ref registers.Rflags),
            >= Operation.Bt => Bit(operation, memory, operand, size, ref registers.Rflags),
            _ => operand,                                   // XCHG
        };
        // XADD of a register that it also addresses by, and XCHG, give the register what the memory was.
        if (operation is Operation.Xchg or Operation.Xadd)
            registers.WriteOperand(instruction, memory);
        if (operation is Operation.Cmp or Operation.Test or Operation.Bt)
            return;
        if (toMemory)
            WriteSeldom(ref guest, address, size, result & GuestRegisters.Mask(size));
        else
            registers.WriteOperand(instruction, result);
    }

    // The devices stand inline where loads and stores are; one more copy serves all else.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong ReadSeldom(ref TGuest guest, GuestPhys address, uint size) =>
        guest.ReadDevice(address, size) & GuestRegisters.Mask(size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void WriteSeldom(ref TGuest guest, GuestPhys address, uint size, ulong value) =>
        guest.WriteDevice(address, size, value);

    private static ulong Calculate(Operation operation, ulong left, ulong right, uint size, ref ulong rflags) => operation switch
    {
        Operation.Add => Arithmetic.Add(left, right, 0, size, ref rflags),
        Operation.Adc => Arithmetic.Add(left, right, rflags & Arithmetic.Carry, size, ref rflags),
        Operation.Sbb => Arithmetic.Subtract(left, right, rflags & Arithmetic.Carry, size, ref rflags),
        Operation.Or => Arithmetic.Logic(left | right, size, ref rflags),
        Operation.And => Arithmetic.Logic(left & right, size, ref rflags),
        Operation.Xor => Arithmetic.Logic(left ^ right, size, ref rflags),
        _ => Arithmetic.Subtract(left, right, 0, size, ref rflags),
    };

    // The destination is written whether or not it was equal (SDM vol. 2, CMPXCHG).
    private static ulong CompareExchange(ref GuestRegisters registers, ulong memory, ulong operand, uint size)
    {
        ulong accumulator = registers.Read(GuestRegisters.Rax, size);
        Arithmetic.Subtract(accumulator, memory, 0, size, ref registers.Rflags);
        if (accumulator == memory)
            return operand;
        registers.Write(GuestRegisters.Rax, size, memory);
        return memory;
    }

    // Carry stays.
    private static ulong Count(Operation operation, ulong memory, uint size, ref ulong rflags)
    {
        ulong carry = rflags & Arithmetic.Carry;
        ulong result = operation == Operation.Inc
            ? Arithmetic.Add(memory, 1, 0, size, ref rflags)
            : Arithmetic.Subtract(memory, 1, 0, size, ref rflags);
        rflags = rflags & ~Arithmetic.Carry | carry;
        return result;
    }

    // Only carry changes.
    private static ulong Bit(Operation operation, ulong memory, ulong number, uint size, ref ulong rflags)
    {
        int place = (int)(number & size * 8 - 1);
        ulong bit = 1ul << place;
        rflags = rflags & ~Arithmetic.Carry | memory >> place & Arithmetic.Carry;
        return operation switch
        {
            Operation.Bts => memory | bit,
            Operation.Btr => memory & ~bit,
            _ => memory ^ bit,
        };
    }
}

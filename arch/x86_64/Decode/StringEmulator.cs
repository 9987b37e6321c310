using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// MOVS, STOS, LODS, INS and OUTS. Each operand is translated by the guest's tables and is RAM or a device by what lies
/// there; nothing is read or written before all of an element's operands have been found.
/// </summary>
internal static class StringEmulator<TGuest> where TGuest : struct, IGuestCpu
{
    /// <summary>How much of a REP one exit carries out. The guest goes on with the rest, as after an interrupt.</summary>
    private const ulong MostElements = 64;

    private const ulong RflagsTf = 1 << 8, RflagsDf = 1 << 10;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EmulationStatus Run(
        ref TGuest guest, ref GuestRegisters registers, in MemoryInstruction instruction, ref PageFault fault)
    {
        bool repeats = instruction.Has(InstructionFlags.Repeat);
        ulong left = repeats ? registers.Read(GuestRegisters.Rcx, instruction.AddressSize) : 1;
        // A single step is one element (SDM 3 17.3.1.4).
        ulong most = Math.Min(left, (registers.Rflags & RflagsTf) != 0 ? 1 : MostElements);
        for (ulong done = 0; done < most; done++)
        {
            EmulationStatus status = Element(ref guest, ref registers, instruction, ref fault);
            if (status is EmulationStatus.Retry or EmulationStatus.NotSupported && done != 0)
                return EmulationStatus.Done;            // the next exit begins with this element
            if (status != EmulationStatus.Done)
                return status;
            if (repeats)
                registers.Write(GuestRegisters.Rcx, instruction.AddressSize, left - done - 1);
        }
        if (left == most)
            Emulator<TGuest>.Advance(ref registers, instruction);
        return EmulationStatus.Done;
    }

    private static EmulationStatus Element(
        ref TGuest guest, ref GuestRegisters registers, in MemoryInstruction instruction, ref PageFault fault)
    {
        Operation operation = instruction.Operation;
        bool reads = operation is Operation.Movs or Operation.Lods or Operation.Outs;
        bool writes = operation is Operation.Movs or Operation.Stos or Operation.Ins;
        StringOperand<TGuest> source = default, destination = default;
        if (reads)
        {
            EmulationStatus status = source.Find(
                ref guest, registers, instruction, GuestRegisters.Rsi, instruction.Segment, LinearAccess.Read, ref fault);
            if (status != EmulationStatus.Done)
                return status;
        }
        if (writes)
        {
            EmulationStatus status = destination.Find(
                ref guest, registers, instruction, GuestRegisters.Rdi, Segment.Es, LinearAccess.Write, ref fault);
            if (status != EmulationStatus.Done)
                return status;
        }

        uint size = instruction.MemorySize;
        ushort port = (ushort)registers[GuestRegisters.Rdx];
        ulong value = reads ? source.Read(ref guest, size)
            : operation == Operation.Ins ? ReadPort(ref guest, port, size)
            : registers[GuestRegisters.Rax];
        value &= GuestRegisters.Mask(size);
        if (writes)
            destination.Write(ref guest, size, value);
        else if (operation == Operation.Outs)
            WritePort(ref guest, port, size, (uint)value);
        else
            registers.Write(GuestRegisters.Rax, size, value);

        ulong step = (registers.Rflags & RflagsDf) != 0 ? 0ul - size : size;
        if (reads)
            registers.Write(GuestRegisters.Rsi, instruction.AddressSize, registers[GuestRegisters.Rsi] + step);
        if (writes)
            registers.Write(GuestRegisters.Rdi, instruction.AddressSize, registers[GuestRegisters.Rdi] + step);
        return EmulationStatus.Done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadPort(ref TGuest guest, ushort port, uint size) => guest.ReadPort(port, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WritePort(ref TGuest guest, ushort port, uint size, uint value) => guest.WritePort(port, size, value);
}

using System;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;
using Iced.Intel;
using Xunit;
using Decoder = Bulkhead.X86.Decode.Decoder;
using Operation = Bulkhead.X86.Decode.Operation;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>Every form executed by the hypervisor on a device and by the host's CPU on memory: same registers, flags, bytes.</summary>
public sealed class ExecutionTests
{
    private const int PageBytes = 4096, MemoryBytes = 4 * PageBytes;
    private static readonly string[] s_names =
        ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];

    private const ulong AlwaysSet = 0x202, Direction = 1 << 10;

    [Fact]
    public void Same_as_the_host_CPU()
    {
        Assert.True(HostCpu.Exists, "the oracle is an x64 CPU under Linux");
        using var cpu = new HostCpu(MemoryBytes);
        var random = new Random(5);
        var forms = new FormWriter(CpuMode.Bits64);
        var machine = new TestMachine { DeviceBase = (ulong)cpu.Memory };
        MapIdentity(machine);
        int count = 0;
        foreach (Code code in Enum.GetValues<Code>())
            foreach (byte[] bytes in forms.Encode(code, 60, random))
            {
                Assert.Equal(DecodeStatus.Ok, Decoder.Decode(new InstructionBytes(bytes), CpuMode.Bits64, out MemoryInstruction instruction));
                if (!TryPrepare(random, cpu, instruction, out GuestRegisters registers))
                    continue;
                Compare(cpu, machine, code, bytes, instruction, registers);
                count++;
            }
        Assert.True(count > 3_000, $"only {count} executed");
    }

    // False for what cannot run in this process: RSP, FS, GS, RIP, and what addresses by no register.
    private static bool TryPrepare(Random random, HostCpu cpu, in MemoryInstruction instruction, out GuestRegisters registers)
    {
        registers = RandomCode.Registers(random, CpuMode.Bits64);
        registers.Rflags = AlwaysSet | (ulong)random.NextInt64() & Arithmetic.All;
        random.NextBytes(cpu.Bytes);
        if (instruction.IsString)
            return TryPrepareString(random, cpu, instruction, ref registers);
        bool namesRsp = !instruction.Has(InstructionFlags.HighByte) && instruction.Register == GuestRegisters.Rsp;
        if (namesRsp || instruction.Base is GuestRegisters.Rsp or >= GuestRegisters.None || instruction.Base == instruction.Index
            || instruction.Segment >= Segment.Fs)
            return false;

        int size = instruction.MemorySize;
        if (instruction.IsBitString)
        {
            if (instruction.Register == instruction.Base || instruction.Register == instruction.Index)
                return false;
            registers.Write(instruction.Register, instruction.RegisterSize, (ulong)random.Next(-16000, 16000));
        }
        // On the second page, to its very end.
        int place = PageBytes + (random.Next(8) == 0 ? PageBytes - size : random.Next(PageBytes - size + 1));
        if (instruction.IsBitString)
            place = place / size * size;
        ulong wanted = (ulong)cpu.Memory + (ulong)place;
        ulong offset = instruction.Offset(registers);
        registers.Write(instruction.Base, instruction.AddressSize, registers[instruction.Base] + wanted - offset);
        if (instruction.AddressSize == 4)
            registers[instruction.Base] |= (ulong)(uint)random.Next() << 33;
        if (instruction.Operation == Operation.Cmpxchg && random.Next(2) == 0 && instruction.Base != 0 && instruction.Index != 0)
        {
            Span<byte> accumulator = stackalloc byte[8];
            BitConverter.TryWriteBytes(accumulator, registers[0]);
            accumulator[..size].CopyTo(cpu.Bytes[place..]);
        }
        return instruction.Offset(registers) == wanted;
    }

    private static bool TryPrepareString(Random random, HostCpu cpu, in MemoryInstruction instruction, ref GuestRegisters registers)
    {
        if (instruction.Operation >= Operation.Ins || instruction.Segment >= Segment.Fs)
            return false;
        registers.Rflags |= random.Next(2) == 0 ? Direction : 0;
        registers[GuestRegisters.Rcx] = (ulong)(uint)random.Next(61) | (instruction.AddressSize == 4 ? (ulong)(uint)random.Next() << 33 : 0);
        // Device elements do not cross pages; pages here are the hypervisor's tables', which are large.
        registers[GuestRegisters.Rsi] = (ulong)(cpu.Memory + random.Next(PageBytes, MemoryBytes - PageBytes));
        registers[GuestRegisters.Rdi] = (ulong)(cpu.Memory + random.Next(PageBytes, MemoryBytes - PageBytes));
        uint mask = (uint)instruction.MemorySize - 1;
        registers[GuestRegisters.Rsi] &= ~(ulong)mask;
        registers[GuestRegisters.Rdi] &= ~(ulong)mask;
        return true;
    }

    private static void Compare(
        HostCpu cpu, TestMachine machine, Code code, byte[] bytes, in MemoryInstruction instruction, in GuestRegisters before)
    {
        machine.Device = cpu.Bytes.ToArray();
        machine.Log.Clear();
        var guest = new TestGuest(machine);
        GuestRegisters mine = before, theirs = before;
        PageFault fault = default;
        EmulationStatus status = instruction.IsString
            ? StringEmulator<TestGuest>.Run(ref guest, ref mine, instruction, ref fault)
            : Emulator<TestGuest>.Run(ref guest, ref mine, instruction, AddressOf(instruction, before));
        cpu.Execute(bytes, ref theirs);

        Differences differences = default;
        differences.Equal("status", EmulationStatus.Done, status);
        for (byte i = 0; i < 16; i++)
            differences.Equal(s_names[i], theirs[i], mine[i]);
        ulong defined = Defined(instruction.Operation) | Direction;
        differences.Equal("flags", theirs.Rflags & defined, mine.Rflags & defined);
        differences.Equal("other flags", before.Rflags & ~Arithmetic.All, mine.Rflags & ~Arithmetic.All);
        differences.Equal("RIP", before.Rip + instruction.Length, mine.Rip);
        differences.True("memory", cpu.Bytes.SequenceEqual(machine.Device));
        int size = instruction.MemorySize;
        if (!instruction.IsString)
            differences.True("accesses", machine.Log.SequenceEqual(Accesses(instruction).Select(kind => $"{kind} {size}")));
        if (differences.Any)
            Assert.Fail($"{code} {Convert.ToHexString(bytes)}: {differences}");
    }

    private static string[] Accesses(in MemoryInstruction instruction) => instruction.Operation switch
    {
        Operation.Store => ["write"],
        Operation.Cmp or Operation.Test or Operation.Bt => ["read"],
        _ => instruction.Has(InstructionFlags.ToMemory) ? ["read", "write"] : ["read"],
    };

    // What the CPU reaches for: the operand, moved by the number of a bit.
    private static GuestPhys AddressOf(in MemoryInstruction instruction, in GuestRegisters registers)
    {
        ulong address = instruction.Offset(registers);
        if (!instruction.IsBitString)
            return new(address);
        long number = instruction.RegisterSize switch
        {
            2 => (short)registers[instruction.Register],
            4 => (int)registers[instruction.Register],
            _ => (long)registers[instruction.Register],
        };
        long bits = instruction.RegisterSize * 8;
        return new(address + (ulong)((number - (number % bits + bits) % bits) / 8));
    }

    // SDM vol. 1 appendix A; AF after a logical operation and all but CF after a bit operation are undefined.
    private static ulong Defined(Operation operation) => operation switch
    {
        Operation.And or Operation.Or or Operation.Xor or Operation.Test => Arithmetic.All & ~Arithmetic.Adjust,
        >= Operation.Bt and <= Operation.Btc => Arithmetic.Carry | Arithmetic.Zero,
        _ => Arithmetic.All,
    };

    private static void MapIdentity(TestMachine machine)
    {
        const ulong Pdpt = TestMachine.RamBase + 0x1000;
        machine.SetEntry(TestMachine.RamBase, Pdpt | 7);
        for (ulong i = 0; i < 4; i++)
            machine.SetEntry(Pdpt + i * 8, i << 30 | 0xe7);
    }
}

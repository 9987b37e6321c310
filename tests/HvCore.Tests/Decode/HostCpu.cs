using System;
using System.Runtime.InteropServices;
using Bulkhead.X86.Decode;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>
/// The CPU that the tests run on, as the oracle: loads all registers but RSP, executes one instruction in user mode and
/// stores what came of it.
/// </summary>
internal sealed unsafe class HostCpu : IDisposable
{
    private const int CodeBytes = 4096, FlagsOffset = 18 * 8, InstructionRoom = 16;
    private const int ProtRead = 1, ProtWrite = 2, ProtExec = 4, MapPrivate = 2, MapAnonymous = 0x20, Map32Bit = 0x40;

    private readonly nint _code;
    private readonly int _instruction;

    public HostCpu(int memoryBytes)
    {
        MemoryBytes = memoryBytes;
        // Below 2 GiB, so that 32-bit addresses reach it.
        Memory = Map(memoryBytes, ProtRead | ProtWrite, Map32Bit);
        _code = Map(CodeBytes, ProtRead | ProtWrite | ProtExec, 0);
        byte[] before = Assemble(Enter);
        byte[] after = Assemble(Leave);
        before.CopyTo(new Span<byte>((void*)_code, CodeBytes));
        _instruction = before.Length;
        after.CopyTo(new Span<byte>((void*)(_code + _instruction + InstructionRoom), after.Length));
    }

    public static bool Exists => RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux();

    public nint Memory { get; }

    public int MemoryBytes { get; }

    public Span<byte> Bytes => new((void*)Memory, MemoryBytes);

    /// <summary>RSP and RIP are left alone; of RFLAGS only what user mode may set.</summary>
    public void Execute(ReadOnlySpan<byte> instruction, ref GuestRegisters registers)
    {
        var room = new Span<byte>((void*)(_code + _instruction), InstructionRoom);
        room.Fill(0x90);
        instruction.CopyTo(room);
        fixed (GuestRegisters* state = &registers)
            ((delegate* unmanaged<GuestRegisters*, void>)_code)(state);
    }

    public void Dispose()
    {
        munmap(Memory, MemoryBytes);
        munmap(_code, CodeBytes);
    }

    private static readonly AssemblerRegister64[] s_registers =
        [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];

    private static void Enter(Assembler a)
    {
        foreach (AssemblerRegister64 saved in new[] { rbx, rbp, r12, r13, r14, r15 })
            a.push(saved);
        a.push(rdi);
        a.mov(rax, rdi);
        a.push(__qword_ptr[rax + FlagsOffset]);
        a.popfq();
        for (int i = 1; i < 16; i++)
            if (i != GuestRegisters.Rsp)
                a.mov(s_registers[i], __qword_ptr[rax + 8 * i]);
        a.mov(rax, __qword_ptr[rax]);
    }

    private static void Leave(Assembler a)
    {
        a.pushfq();
        a.xchg(__qword_ptr[rsp + 8], rax);
        for (int i = 1; i < 16; i++)
            if (i != GuestRegisters.Rsp)
                a.mov(__qword_ptr[rax + 8 * i], s_registers[i]);
        a.pop(rcx);
        a.mov(__qword_ptr[rax + FlagsOffset], rcx);
        a.pop(rcx);
        a.mov(__qword_ptr[rax], rcx);
        a.cld();
        foreach (AssemblerRegister64 saved in new[] { r15, r14, r13, r12, rbp, rbx })
            a.pop(saved);
        a.ret();
    }

    private static byte[] Assemble(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        var code = new System.IO.MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), 0);
        return code.ToArray();
    }

    private static nint Map(int bytes, int protection, int flags)
    {
        nint address = mmap(0, bytes, protection, MapPrivate | MapAnonymous | flags, -1, 0);
        return address != -1 ? address : throw new InvalidOperationException($"mmap: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint mmap(nint address, nint bytes, int protection, int flags, int file, nint offset);

    [DllImport("libc")]
    private static extern int munmap(nint address, nint bytes);
}

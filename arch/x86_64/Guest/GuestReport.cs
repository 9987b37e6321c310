using Bulkhead.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Decode;

namespace Bulkhead.X86.Guest;

/// <summary>The report of a guest that was stopped: what the CPU knew at the exit.</summary>
internal static class GuestReport
{
    /// <summary>Stops the guest with the report of the exit that led here. Does not return.</summary>
    /// <param name="vcpu">Which made the exit.</param>
    /// <param name="reason">Why.</param>
    /// <param name="code">The exit's own: an error code, a qualification.</param>
    /// <param name="address">The guest-physical address of a fault.</param>
    public static void Stop(ref Vcpu vcpu, StopReason reason, ulong code, GuestPhys address)
    {
        GuestStop.Begin(ref vcpu.Core, reason);
        Write(ref vcpu, code, address);
        GuestRecord.Write(ref vcpu, reason, code, address);
        GuestStop.End(ref vcpu.Core);
    }

    /// <summary>Stops the guest at a physical interrupt, whose exit saves fewer registers. Does not return.</summary>
    public static void StopAtInterrupt(ref Vcpu vcpu, StopReason reason)
    {
        GuestStop.Begin(ref vcpu.Core, reason);
        VcpuState.LoadRegisters(ref vcpu);
        WriteControl(ref vcpu);
        Pair(ref vcpu, "  RAX"u8, GuestRegisters.Rax, "RSP"u8, GuestRegisters.Rsp);
        Pair(ref vcpu, "  RCX"u8, GuestRegisters.Rcx, "RDX"u8, GuestRegisters.Rdx);
        Pair(ref vcpu, "  RSI"u8, GuestRegisters.Rsi, "RDI"u8, GuestRegisters.Rdi);
        GuestRecord.WriteInterrupted(ref vcpu, reason);
        GuestStop.End(ref vcpu.Core);
    }

    /// <summary>Stops the guest because of an instruction that is not emulated, naming its bytes. Does not return.</summary>
    public static void StopAtInstruction(ref Vcpu vcpu, in InstructionBytes bytes, GuestPhys address)
    {
        GuestStop.Begin(ref vcpu.Core, StopReason.UnknownInstruction);
        LogLine line = default;
        line.Add("  instruction"u8);
        for (uint i = 0; i < bytes.Length; i++)
        {
            line.Add((byte)' ');
            line.AddHex(bytes[i]);
        }
        HypervisorLog.Write(ref line);
        Write(ref vcpu, 0, address);
        GuestRecord.Write(ref vcpu, StopReason.UnknownInstruction, 0, address);
        GuestStop.End(ref vcpu.Core);
    }

    public static void Write(ref Vcpu vcpu, ulong code, GuestPhys address)
    {
        VcpuState.LoadRegisters(ref vcpu);
        WriteControl(ref vcpu);
        HypervisorLog.Line("  exit code"u8, code, "guest-physical"u8, address.Value);
        Pair(ref vcpu, "  RAX"u8, GuestRegisters.Rax, "RBX"u8, GuestRegisters.Rbx);
        Pair(ref vcpu, "  RCX"u8, GuestRegisters.Rcx, "RDX"u8, GuestRegisters.Rdx);
        Pair(ref vcpu, "  RSI"u8, GuestRegisters.Rsi, "RDI"u8, GuestRegisters.Rdi);
        Pair(ref vcpu, "  RBP"u8, GuestRegisters.Rbp, "RSP"u8, GuestRegisters.Rsp);
    }

    private static void WriteControl(ref Vcpu vcpu)
    {
        HypervisorLog.Line("  vcpu"u8, (ulong)vcpu.Core.Index, "cpu"u8, (ulong)vcpu.Core.Cpu);
        HypervisorLog.Line("  RIP"u8, vcpu.Registers.Rip, "RFLAGS"u8, vcpu.Registers.Rflags);
        HypervisorLog.Line("  CR0"u8, VcpuState.Cr0(ref vcpu), "CR3"u8, VcpuState.Cr3(ref vcpu));
        HypervisorLog.Line("  CR4"u8, VcpuState.Cr4(ref vcpu), "EFER"u8, VcpuState.Efer(ref vcpu));
    }

    private static void Pair(ref Vcpu vcpu, System.ReadOnlySpan<byte> name1, byte first, System.ReadOnlySpan<byte> name2, byte second) =>
        HypervisorLog.Line(name1, vcpu.Registers[first], name2, vcpu.Registers[second]);
}

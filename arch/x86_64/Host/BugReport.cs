using System;
using System.Runtime;
using Bulkhead.BlackBox;
using Bulkhead.Diagnostics;

namespace Bulkhead.X86.Host;

/// <summary>The hypervisor's own bug: everything stops, with where.</summary>
internal static class BugReport
{
    // SDM 3 table 6-1, six bytes a name; what is missing is reserved.
    private static ReadOnlySpan<byte> Names =>
        "#DE   #DB   NMI   #BP   #OF   #BR   #UD   #NM   #DF   ?     #TS   #NP   #SS   #GP   #PF   ?     #MF   #AC   #MC   #XM   #VE   #CP   "u8;

    private const int NameSize = 6;

    [RuntimeExport("HypervisorException")]
    private static void Exception(ref ExceptionFrame frame)
    {
        ulong address = Register.ReadCr2();
        // A fault while reporting one: what is out is all there will be.
        if (BoardStop.Begin())
            Instruction.Halt();
        LogLine line = default;
        line.Add("BUG: "u8);
        int name = (int)frame.Vector * NameSize;
        line.Add(name < Names.Length ? Names.Slice(name, NameSize) : "?     "u8);
        line.Add("in the hypervisor on CPU "u8);
        line.AddDecimal((ulong)(uint)CurrentCpu.Index);
        line.Add("; the board stops"u8);
        HypervisorLog.Write(ref line);
        HypervisorLog.Line("  RIP"u8, frame.Rip, "error code"u8, frame.ErrorCode);
        HypervisorLog.Line("  CR2"u8, address, "CR3"u8, Register.ReadCr3());
        HypervisorLog.Line("  RSP"u8, frame.Rsp, "RFLAGS"u8, frame.Rflags);
        HypervisorLog.Line("  RAX"u8, frame.Rax, "RBX"u8, frame.Rbx);
        HypervisorLog.Line("  RCX"u8, frame.Rcx, "RDX"u8, frame.Rdx);
        HypervisorLog.Line("  RSI"u8, frame.Rsi, "RDI"u8, frame.Rdi);
        HypervisorLog.Line("  RBP"u8, frame.Rbp, "R8"u8, frame.R8);
        HypervisorLog.Line("  R9"u8, frame.R9, "R10"u8, frame.R10);
        HypervisorLog.Line("  R11"u8, frame.R11, "R12"u8, frame.R12);
        HypervisorLog.Line("  R13"u8, frame.R13, "R14"u8, frame.R14);
        HypervisorLog.Line("  R15"u8, frame.R15, "CS"u8, frame.Cs);
        Backtrace stack = default;
        stack.Add(frame.Rip);
        AddCalls(ref stack, frame.Rsp);
        HypervisorLog.Stack(in stack);
        if (Recorder.IsThere)
        {
            Recorder.Note(CurrentCpu.Index, TraceEvent.Bug, (uint)frame.Vector, frame.Rip);
            ref CrashRecord record = ref Begin(BugCause.Exception, (uint)frame.Vector, in stack);
            SetRegisters(ref record, in frame);
            record.Set((int)X86CrashRegister.CR2, address);
            End(ref record);
        }
        BoardEnd.AfterBug();
    }

    [RuntimeExport("ReportBug")]
    private static void Report(ulong kind, ulong address)
    {
        if (BoardStop.Begin())
            Instruction.Halt();
        HypervisorLog.Text("BUG: a check of the hypervisor failed; the board stops"u8);
        HypervisorLog.Line("  kind"u8, kind, "at"u8, address);
        Backtrace stack = default;
        stack.Add(address);
        AddCalls(ref stack, Instruction.StackPointer());
        HypervisorLog.Stack(in stack);
        if (Recorder.IsThere)
        {
            Recorder.Note(CurrentCpu.Index, TraceEvent.Bug, (uint)kind, address);
            ref CrashRecord record = ref Begin(BugCause.Check, (uint)kind, in stack);
            record.Set((int)X86CrashRegister.RIP, address);
            End(ref record);
        }
        BoardEnd.AfterBug();
    }

    // Only on the CPU's ordinary stack: what is above it, or beside, is no stack.
    private static void AddCalls(ref Backtrace stack, ulong stackPointer)
    {
        ulong block = CpuBlocks.StartOf(CurrentCpu.Index);
        if (stackPointer - block < HypervisorLayout.VcpuOffset)
            stack.AddFromStack(stackPointer, block + HypervisorLayout.VcpuOffset, Instruction.AddressOfText(), Instruction.AddressOfTextEnd());
    }

    private static ref CrashRecord Begin(BugCause cause, uint detail, in Backtrace stack)
    {
        ref CrashRecord record = ref Recorder.Begin(BlackBoxLayout.Hypervisor, ref CpuBlocks.Of(CurrentCpu.Index).Core, (uint)cause, detail);
        stack.CopyTo(ref record);
        record.Set((int)X86CrashRegister.CR3, Register.ReadCr3());
        return ref record;
    }

    private static void End(ref CrashRecord record) => Recorder.Commit(ref record, CpuBlocks.Of((int)record.Cpu).Trace);

    private static void SetRegisters(ref CrashRecord record, in ExceptionFrame frame)
    {
        Set(ref record, X86CrashRegister.RAX, frame.Rax);
        Set(ref record, X86CrashRegister.RCX, frame.Rcx);
        Set(ref record, X86CrashRegister.RDX, frame.Rdx);
        Set(ref record, X86CrashRegister.RBX, frame.Rbx);
        Set(ref record, X86CrashRegister.RSP, frame.Rsp);
        Set(ref record, X86CrashRegister.RBP, frame.Rbp);
        Set(ref record, X86CrashRegister.RSI, frame.Rsi);
        Set(ref record, X86CrashRegister.RDI, frame.Rdi);
        Set(ref record, X86CrashRegister.R8, frame.R8);
        Set(ref record, X86CrashRegister.R9, frame.R9);
        Set(ref record, X86CrashRegister.R10, frame.R10);
        Set(ref record, X86CrashRegister.R11, frame.R11);
        Set(ref record, X86CrashRegister.R12, frame.R12);
        Set(ref record, X86CrashRegister.R13, frame.R13);
        Set(ref record, X86CrashRegister.R14, frame.R14);
        Set(ref record, X86CrashRegister.R15, frame.R15);
        Set(ref record, X86CrashRegister.RIP, frame.Rip);
        Set(ref record, X86CrashRegister.RFLAGS, frame.Rflags);
        Set(ref record, X86CrashRegister.CS, frame.Cs);
        Set(ref record, X86CrashRegister.SS, frame.Ss);
        Set(ref record, X86CrashRegister.ErrorCode, frame.ErrorCode);
    }

    private static void Set(ref CrashRecord record, X86CrashRegister register, ulong value) => record.Set((int)register, value);
}

using System;
using System.Runtime;
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
        BoardConsole.Flush();
        BoardStop.Stop();
    }

    [RuntimeExport("ReportBug")]
    private static void Report(ulong kind, ulong address)
    {
        if (BoardStop.Begin())
            Instruction.Halt();
        HypervisorLog.Text("BUG: a check of the hypervisor failed; the board stops"u8);
        HypervisorLog.Line("  kind"u8, kind, "at"u8, address);
        BoardConsole.Flush();
        BoardStop.Stop();
    }
}

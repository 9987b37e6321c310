using System.Runtime;

namespace Bulkhead.Arm64.El2;

/// <summary>The hypervisor's own bug: everything stops, with where.</summary>
internal static class BugReport
{
    [RuntimeExport("HypervisorException")]
    private static void Exception(ulong kind, ulong esr, ulong elr, ulong far, ulong sp, ulong lr)
    {
        HypervisorLog.Text("BUG: exception in the hypervisor; the board stops"u8);
        HypervisorLog.Line("  vector"u8, kind, "ESR_EL2"u8, esr);
        HypervisorLog.Line("  ELR_EL2"u8, elr, "FAR_EL2"u8, far);
        HypervisorLog.Line("  SP"u8, sp, "LR"u8, lr);
        BoardConsole.Flush();
        Instruction.Halt();
    }

    [RuntimeExport("ReportBug")]
    private static void Report(ulong kind, ulong address)
    {
        HypervisorLog.Text("BUG: a check of the hypervisor failed; the board stops"u8);
        HypervisorLog.Line("  kind"u8, kind, "at"u8, address);
        BoardConsole.Flush();
        Instruction.Halt();
    }
}

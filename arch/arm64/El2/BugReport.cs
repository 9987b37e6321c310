using System.Runtime;

namespace Bulkhead.Arm64.El2;

/// <summary>The hypervisor's own bug: everything stops, with where.</summary>
internal static class BugReport
{
    // Boot/Vectors.S has marked the board: a fault in here halts at once.
    [RuntimeExport("HypervisorException")]
    private static void Exception(ulong kind, ulong esr, ulong elr, ulong far, ulong sp, ulong lr)
    {
        GicHardware.SendStop();
        HypervisorLog.Line("BUG: exception in the hypervisor; the board stops: vector"u8, kind, "MPIDR_EL1"u8, SystemRegister.ReadMpidr());
        HypervisorLog.Line("  ESR_EL2"u8, esr, "FAR_EL2"u8, far);
        HypervisorLog.Line("  ELR_EL2"u8, elr, "LR"u8, lr);
        HypervisorLog.Line("  SP"u8, sp, "stage 2"u8, SystemRegister.ReadVttbr());
        BoardConsole.Flush();
        Instruction.Halt();
    }

    [RuntimeExport("ReportBug")]
    private static void Report(ulong kind, ulong address)
    {
        if (BoardStop.Begin())
            Instruction.Halt();
        HypervisorLog.Line("BUG: a check of the hypervisor failed; the board stops: kind"u8, kind, "MPIDR_EL1"u8, SystemRegister.ReadMpidr());
        HypervisorLog.Line("  at"u8, address, "stage 2"u8, SystemRegister.ReadVttbr());
        BoardConsole.Flush();
        Instruction.Halt();
    }
}

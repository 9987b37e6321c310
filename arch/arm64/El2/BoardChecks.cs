using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

internal static class BoardChecks
{
    public static void Run(HostPhys deviceTree)
    {
        if (ApplianceTables.Board.HypervisorRam.Base != HypervisorLayout.PhysicalBase)
        {
            HypervisorLog.Line("refused: loaded at"u8, HypervisorLayout.PhysicalBase.Value, "but the board file says"u8, ApplianceTables.Board.HypervisorRam.Base.Value);
            Instruction.Halt();
        }
    }
}

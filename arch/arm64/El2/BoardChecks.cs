using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Refuses a board that is not what its file says, with both values.</summary>
internal static class BoardChecks
{
    public static void Run(HostPhys deviceTree)
    {
        if (ApplianceTables.Board.HypervisorRam.Base != HypervisorLayout.PhysicalBase)
            Refuse("the hypervisor's load address"u8, ApplianceTables.Board.HypervisorRam.Base.Value, "it runs at"u8, HypervisorLayout.PhysicalBase.Value);
        DeviceTreeFacts facts = default;
        if (!BootDeviceTree.TryRead(deviceTree, ref facts))
            return;
        BoardContradiction found = BoardCheck.Compare(in ApplianceTables.Board, in facts);
        if (found.Fact != BoardFact.None)
            Refuse(found.Name, found.Board, "the device tree says"u8, found.Tree);
    }

    private static void Refuse(System.ReadOnlySpan<byte> fact, ulong board, System.ReadOnlySpan<byte> other, ulong value)
    {
        LogLine line = default;
        line.Add("refused: "u8);
        line.Add(fact);
        line.Add(": the board file says "u8);
        line.AddHex(board);
        line.Add(", "u8);
        line.Add(other);
        line.Add((byte)' ');
        line.AddHex(value);
        HypervisorLog.Write(ref line);
        BoardConsole.Flush();
        Instruction.Halt();
    }
}

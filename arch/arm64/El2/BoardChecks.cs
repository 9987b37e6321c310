using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>Refuses a board that is not what its file says, with both values.</summary>
internal static class BoardChecks
{
    public static void Run(HostPhys deviceTree)
    {
        if (ApplianceTables.Board.HypervisorRam.Base != HypervisorLayout.PhysicalBase)
            HypervisorLog.RefuseFact("the hypervisor's load address"u8, ApplianceTables.Board.HypervisorRam.Base.Value, "it runs at"u8, HypervisorLayout.PhysicalBase.Value);
        DeviceTreeFacts facts = default;
        if (!BootDeviceTree.TryRead(deviceTree, ref facts))
            return;
        BoardContradiction found = BoardCheck.Compare(in ApplianceTables.Board, in facts);
        if (found.Fact != BoardFact.None)
            HypervisorLog.RefuseFact(found.Name, found.Board, "the device tree says"u8, found.Found);
    }
}

using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>The board file's facts against what loader and ACPI say: a contradiction stops the board, with both values.</summary>
internal static class BoardChecks
{
    public static void Run()
    {
        if (ApplianceTables.Board.HypervisorRam.Base != HypervisorLayout.PhysicalBase)
            HypervisorLog.RefuseFact("the hypervisor's load address"u8, ApplianceTables.Board.HypervisorRam.Base.Value, "the loader put it at"u8, HypervisorLayout.PhysicalBase.Value);
        if (ApplianceTables.Board.X86.DiskPort != DiskImage.Port)
            HypervisorLog.RefuseFact("port of the image's ATA channel"u8, ApplianceTables.Board.X86.DiskPort, "the image was found at"u8, DiskImage.Port);
        BoardContradiction found = PcBoardCheck.Compare(in ApplianceTables.Board, in BoardFirmware.Loader, in BoardFirmware.Acpi, LocalApic.Id);
        if (found.Fact != BoardFact.None)
            HypervisorLog.RefuseFact(found.Name, found.Board, "firmware says"u8, found.Found);
    }
}

using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Firmware;

/// <summary>Compares a board file's facts with the loader's memory map and with ACPI. The file may say less than they do.</summary>
public static class PcBoardCheck
{
    /// <summary>The first contradiction; its fact is None if there is none.</summary>
    /// <param name="bootCpu">Local APIC id of the CPU that boots: the first of the board file.</param>
    public static BoardContradiction Compare(in BoardFacts board, in LoaderFacts loader, in AcpiFacts acpi, uint bootCpu)
    {
        if (board.CpuId[0] != bootCpu)
            return new(BoardFact.BootCpu, board.CpuId[0], bootCpu);
        if (acpi.CpuCount < (int)board.CpuCount)
            return new(BoardFact.CpuCount, board.CpuCount, (ulong)(uint)acpi.CpuCount);
        for (int i = 0; i < (int)board.CpuCount; i++)
        {
            if (!acpi.HasCpu(board.CpuId[i]))
                return new(BoardFact.ApicId, board.CpuId[i], acpi.CpuId[i]);
        }
        if (acpi.LocalApic != board.X86.LocalApic)
            return new(BoardFact.LocalApic, board.X86.LocalApic.Value, acpi.LocalApic.Value);
        // GSIs are the inputs of the I/O APIC that begins with 0.
        if (acpi.IoApicCount == 0 || acpi.IoApic[0].FirstGsi != 0 || acpi.IoApic[0].Address != board.X86.IoApic)
            return new(BoardFact.IoApic, board.X86.IoApic.Value, acpi.IoApic[0].Address.Value);
        return RamCheck.Compare(in board, ((ReadOnlySpan<HostRange>)loader.Memory).Slice(0, loader.MemoryCount));
    }
}

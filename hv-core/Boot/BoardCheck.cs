using System;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>Compares a board file's facts with the device tree that firmware or QEMU handed over.</summary>
/// <remarks>
/// The board file may say less than the tree: fewer CPUs, less RAM. What the tree leaves out is no contradiction.
/// </remarks>
public static class BoardCheck
{
    /// <summary>The first contradiction; its fact is None if there is none.</summary>
    public static BoardContradiction Compare(in BoardFacts board, in DeviceTreeFacts tree)
    {
        if (tree.CpuCount != 0)
        {
            if (tree.CpuCount < (int)board.CpuCount)
                return new(BoardFact.CpuCount, board.CpuCount, (ulong)(uint)tree.CpuCount);
            for (int i = 0; i < (int)board.CpuCount; i++)
            {
                if (!HasCpu(in tree, board.CpuId[i]))
                    return new(BoardFact.CpuId, board.CpuId[i], tree.CpuId[i]);
            }
        }
        if (tree.MemoryCount != 0)
        {
            BoardContradiction ram = RamCheck.Compare(in board, ((ReadOnlySpan<HostRange>)tree.Memory).Slice(0, tree.MemoryCount));
            if (ram.Fact != BoardFact.None)
                return ram;
        }
        if (tree.HasGic && tree.Gicd != board.Arm64.Gicd)
            return new(BoardFact.Gicd, board.Arm64.Gicd.Value, tree.Gicd.Value);
        if (tree.HasGic && tree.Gicr != board.Arm64.Gicr)
            return new(BoardFact.Gicr, board.Arm64.Gicr.Value, tree.Gicr.Value);
        return tree.UartCount != 0 ? CompareUart(in board, in tree) : default;
    }

    private static bool HasCpu(in DeviceTreeFacts tree, ulong id)
    {
        for (int i = 0; i < tree.CpuCount; i++)
        {
            if (tree.CpuId[i] == id)
                return true;
        }
        return false;
    }

    private static BoardContradiction CompareUart(in BoardFacts board, in DeviceTreeFacts tree)
    {
        for (int i = 0; i < tree.UartCount; i++)
        {
            ref readonly DeviceTreeUart uart = ref tree.Uart[i];
            if (uart.Base != board.Arm64.Uart)
                continue;
            return uart.IntId != 0 && uart.IntId != board.Arm64.UartIntId
                ? new(BoardFact.UartIntId, board.Arm64.UartIntId, uart.IntId) : default;
        }
        return new(BoardFact.Uart, board.Arm64.Uart.Value, tree.Uart[0].Base.Value);
    }
}

using System;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>Compares a board file's RAM with the memory that firmware or loader tells of.</summary>
public static class RamCheck
{
    /// <summary>The first range of the board file that is not all memory; its fact is None if there is none.</summary>
    /// <param name="memory">In any order, and cut anywhere.</param>
    public static BoardContradiction Compare(in BoardFacts board, ReadOnlySpan<HostRange> memory)
    {
        for (int i = 0; i < (int)board.RamRangeCount; i++)
        {
            BoardContradiction found = Compare(in board.Ram[i], memory);
            if (found.Fact != BoardFact.None)
                return found;
        }
        return default;
    }

    private static BoardContradiction Compare(in HostRange ram, ReadOnlySpan<HostRange> memory)
    {
        ulong at = ram.Base.Value;
        ulong end = at + ram.Size;
        for (int round = 0; round <= memory.Length && at < end; round++)
        {
            for (int i = 0; i < memory.Length; i++)
            {
                if (at - memory[i].Base.Value < memory[i].Size)
                {
                    at = memory[i].Base.Value + memory[i].Size;
                    break;
                }
            }
        }
        if (at >= end)
            return default;
        return at == ram.Base.Value
            ? new(BoardFact.RamBase, at, memory.Length == 0 ? 0 : memory[0].Base.Value)
            : new(BoardFact.RamEnd, end, at);
    }
}

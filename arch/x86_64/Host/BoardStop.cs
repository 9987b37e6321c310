namespace Bulkhead.X86.Host;

/// <summary>The end of everything on this board, after its reason was said.</summary>
internal static class BoardStop
{
    /// <summary>Every other CPU halts, by an NMI. True when one has begun already.</summary>
    public static bool Begin()
    {
        if (Instruction.MarkBoardStopped() != 0)
            return true;
        if (CpuBlocks.Tables(CurrentCpu.Index).IsApicReady)
            LocalApic.SendNmiToOthers();
        return false;
    }

    /// <summary>Does not return.</summary>
    public static void Stop()
    {
        Begin();
        Instruction.Halt();
    }
}

namespace Bulkhead.Arm64.El2;

/// <summary>
/// The end of everything on this board, after its reason was said. Every other CPU halts at its next interrupt, which a
/// guest cannot mask; one in EL2 comes out of what it is doing first, and so gives back what the report needs.
/// </summary>
internal static class BoardStop
{
    /// <summary>True when another CPU has begun already.</summary>
    public static bool Begin()
    {
        if (Instruction.MarkBoardStopped() != 0)
            return true;
        GicHardware.SendStop();
        return false;
    }

    /// <summary>For a CPU whose interrupts are on only now: the one that stops may have come before.</summary>
    public static void Check()
    {
        if (Instruction.IsBoardStopped() != 0)
            Instruction.Halt();
    }

    /// <summary>Does not return.</summary>
    public static void Stop()
    {
        Begin();
        Instruction.Halt();
    }
}

namespace Bulkhead.X86.Host;

/// <summary>The end of everything on this board, after its reason was said.</summary>
internal static class BoardStop
{
    /// <summary>From here every CPU halts at its next NMI. True when another one has begun already.</summary>
    public static bool Begin() => Instruction.MarkBoardStopped() != 0;

    /// <summary>Does not return.</summary>
    public static void Stop()
    {
        Begin();
        Instruction.Halt();
    }
}

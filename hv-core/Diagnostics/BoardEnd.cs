using Bulkhead.BlackBox;
using Bulkhead.Partitions;

namespace Bulkhead.Diagnostics;

/// <summary>What becomes of the board after the hypervisor's own bug was reported.</summary>
public static class BoardEnd<TArch> where TArch : struct, IArch
{
    /// <summary>As the manifest says; before there is one, the board halts. Does not return.</summary>
    public static void AfterBug()
    {
        Recorder<TArch>.Persist();
        bool isReset = ApplianceTables.IsThere && (ApplianceTables.Flags & ApplianceFlags.ResetOnBug) != 0;
        if (isReset)
            HypervisorLog<TArch>.Text("the board is reset, as its manifest says"u8);
        BoardConsole<TArch>.Flush();
        if (isReset)
            TArch.ResetBoard();
        TArch.Halt();
    }
}

using System;
using System.Runtime;

namespace Bulkhead.Guests;

/// <summary>Synchronous exceptions at EL1. A fetch that failed returns to its caller.</summary>
internal static partial class FaultTrap
{
    private const uint InstructionAbort = 0x21, PcAlignment = 0x22;

    private static ulong s_esr;
    private static ulong s_far;

    public static ulong LastEsr => s_esr;

    public static ulong LastFar => s_far;

    /// <summary>ESR_EL1.EC (DDI 0487 D24.2.37).</summary>
    public static uint LastClass => (uint)(s_esr >> 26) & 0x3f;

    [RuntimeExport("HandleSynchronous")]
    private static void HandleSynchronous(ref ExceptionFrame frame)
    {
        s_esr = Cpu.ReadEsr();
        s_far = Cpu.ReadFar();
        if (!s_armed)
            Report("exception"u8, frame.Elr);
        s_count++;
        frame.Elr = LastClass is InstructionAbort or PcAlignment ? frame.X30 : frame.Elr + 4;
    }

    [RuntimeExport("ReportUnexpected")]
    private static void ReportUnexpected(ulong vector) => Report("unexpected vector"u8, vector);

    private static void Report(ReadOnlySpan<byte> what, ulong elr)
    {
        Console.Write("guest: "u8);
        Console.Write(what);
        Say(" esr="u8, Cpu.ReadEsr());
        Say(" elr="u8, elr);
        Halt(" far="u8, Cpu.ReadFar());
    }
}

using System.Runtime;

namespace Bulkhead.Guests;

/// <summary>
/// Synchronous exceptions at EL1. While armed they are counted and the instruction is skipped, so a guest can try what
/// may not exist; otherwise the guest says what happened and halts.
/// </summary>
internal static class FaultTrap
{
    private static bool s_armed;
    private static uint s_count;
    private static ulong s_esr;
    private static ulong s_far;

    public static ulong LastEsr => s_esr;

    public static ulong LastFar => s_far;

    /// <summary>ESR_EL1.EC (DDI 0487 D24.2.37).</summary>
    public static uint LastClass => (uint)(s_esr >> 26) & 0x3f;

    public static void Arm()
    {
        s_count = 0;
        s_armed = true;
    }

    /// <summary>The number of exceptions since Arm.</summary>
    public static uint Disarm()
    {
        s_armed = false;
        return s_count;
    }

    [RuntimeExport("HandleSynchronous")]
    private static void HandleSynchronous(ref ExceptionFrame frame)
    {
        s_esr = Cpu.ReadEsr();
        s_far = Cpu.ReadFar();
        if (!s_armed)
        {
            Report("exception"u8, s_esr, frame.Elr, s_far);
            return;
        }
        s_count++;
        frame.Elr += 4;
    }

    [RuntimeExport("ReportUnexpected")]
    private static void ReportUnexpected(ulong vector) => Report("unexpected vector"u8, Cpu.ReadEsr(), vector, Cpu.ReadFar());

    /// <summary>A failed C# check (CoreLib's Bug.Stop): kind and the place in the image.</summary>
    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address) => Report("bug"u8, kind, address, 0);

    private static void Report(System.ReadOnlySpan<byte> what, ulong esr, ulong elr, ulong far)
    {
        Console.Write("guest: "u8);
        Console.Write(what);
        Console.Write(" esr="u8);
        Console.WriteHex(esr);
        Console.Write(" elr="u8);
        Console.WriteHex(elr);
        Console.Write(" far="u8);
        Console.WriteHex(far);
        Console.WriteLine(""u8);
        Cpu.Halt();
    }
}

using System.Runtime;

namespace Bulkhead.Guests;

/// <summary>
/// Exceptions. While armed they are counted and the instruction is skipped, so a guest can try what may not exist: RDMSR,
/// WRMSR, VMCALL and VMMCALL, no others. Otherwise the guest says what happened and halts.
/// </summary>
internal static unsafe class FaultTrap
{
    private static bool s_armed;
    private static uint s_count;

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

    [RuntimeExport("HandleException")]
    private static void HandleException(ref ExceptionFrame frame)
    {
        if (!s_armed)
        {
            Report("exception"u8, frame.Vector, frame.Rip, frame.ErrorCode, Cpu.ReadCr2());
            return;
        }
        s_count++;
        // 0F 01 and a third byte are the calls; 0F 30 and 0F 32 the MSRs'.
        frame.Rip += ((byte*)frame.Rip)[1] == 1 ? 3u : 2u;
    }

    /// <summary>A failed C# check (CoreLib's Bug.Stop): kind and the place in the image.</summary>
    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address) => Report("bug"u8, kind, address, 0, 0);

    private static void Report(System.ReadOnlySpan<byte> what, ulong kind, ulong rip, ulong error, ulong cr2)
    {
        Console.Write("guest: "u8);
        Console.Write(what);
        Console.Write(" "u8);
        Console.WriteDecimal(kind);
        Console.Write(" rip="u8);
        Console.WriteHex(rip);
        Console.Write(" error="u8);
        Console.WriteHex(error);
        Console.Write(" cr2="u8);
        Console.WriteHex(cr2);
        Console.WriteLine(""u8);
        Cpu.Halt();
    }
}

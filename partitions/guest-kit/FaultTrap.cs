using System;
using System.Runtime;

namespace Bulkhead.Guests;

/// <summary>
/// Exceptions. While armed they are counted and the instruction is skipped, so a guest can try what may not exist;
/// otherwise the guest says what happened and halts.
/// </summary>
internal static partial class FaultTrap
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

    /// <summary>A failed C# check (CoreLib's Bug.Stop): kind and the place in the image.</summary>
    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address)
    {
        Console.Write("guest: bug"u8);
        Say(" kind="u8, kind);
        Halt(" at="u8, address);
    }

    private static void Say(ReadOnlySpan<byte> name, ulong value)
    {
        Console.Write(name);
        Console.WriteHex(value);
    }

    // With the report's last value.
    private static void Halt(ReadOnlySpan<byte> name, ulong value)
    {
        Say(name, value);
        Console.WriteLine(""u8);
        Cpu.Halt();
    }
}

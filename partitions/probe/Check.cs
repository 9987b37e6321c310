using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Guests.Probe;

/// <summary>One line for each thing looked at; the scenario's last line names the first that was wrong.</summary>
internal static unsafe class Check
{
    // Names are literals of the image, so their address stays good.
    private static byte* s_failure;
    private static int s_failureLength;

    public static bool Passed => s_failure == null;

    public static void Begin()
    {
        s_failure = null;
        s_failureLength = 0;
    }

    public static void That(ReadOnlySpan<byte> what, bool holds)
    {
        Say(what);
        Console.WriteLine(holds ? " ok"u8 : " FAIL"u8);
        if (!holds)
            Fail(what);
    }

    public static void Equal(ReadOnlySpan<byte> what, ulong wanted, ulong seen)
    {
        Say(what);
        if (wanted == seen)
        {
            Console.WriteLine(" ok"u8);
            return;
        }
        Console.Write(" FAIL wanted "u8);
        Console.WriteHex(wanted);
        Console.Write(" saw "u8);
        Console.WriteHex(seen);
        Console.WriteLine(""u8);
        Fail(what);
    }

    /// <summary>For what only Bulkhead promises, when something else is below.</summary>
    public static void Skip(ReadOnlySpan<byte> what)
    {
        Say(what);
        Console.WriteLine(" skipped"u8);
    }

    /// <summary>`probe: NAME done` or `probe: NAME FAILED reason`.</summary>
    public static void End(ReadOnlySpan<byte> scenario)
    {
        Say(scenario);
        if (s_failure == null)
        {
            Console.WriteLine(" done"u8);
            return;
        }
        Console.Write(" FAILED "u8);
        Console.WriteLine(new(s_failure, s_failureLength));
    }

    private static void Say(ReadOnlySpan<byte> what)
    {
        Console.Write("probe: "u8);
        Console.Write(what);
    }

    private static void Fail(ReadOnlySpan<byte> what)
    {
        if (s_failure != null)
            return;
        s_failure = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(what));
        s_failureLength = what.Length;
    }
}

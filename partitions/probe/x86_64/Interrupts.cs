using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>The interrupt handler, which counts, and ways to wait for it.</summary>
internal static class Interrupts
{
    public const uint PatienceMilliseconds = 5000;

    private static uint s_taken;
    private static uint s_vector;
    private static ulong s_rip;

    public static uint Taken => Volatile.Read(ref s_taken);

    /// <summary>Of the last one.</summary>
    public static uint Vector => Volatile.Read(ref s_vector);

    /// <summary>Where the last one came.</summary>
    public static ulong Rip => Volatile.Read(ref s_rip);

    public static void Clear() => Volatile.Write(ref s_taken, 0);

    [RuntimeExport("HandleInterrupt")]
    private static void Handle(ref ExceptionFrame frame)
    {
        uint vector = InterruptController.Acknowledge(ref frame);
        if (vector == InterruptController.None)
            return;
        Volatile.Write(ref s_vector, vector);
        Volatile.Write(ref s_rip, frame.Rip);
        Volatile.Write(ref s_taken, s_taken + 1);
        InterruptController.End(vector);
    }

    /// <summary>The second vCPU has nothing to do but be there.</summary>
    [RuntimeExport("GuestSecondary")]
    private static void Secondary(ulong index) => Cpu.Halt();
}

using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>The interrupt handler, which counts, and ways to wait for it.</summary>
internal static class Interrupts
{
    private const uint PatienceMilliseconds = 5000, SettleMilliseconds = 5;

    private static uint s_taken;
    private static uint s_vector;
    private static uint s_kept;
    private static ulong s_rip;

    public static uint Taken => Volatile.Read(ref s_taken);

    /// <summary>Of the last one.</summary>
    public static uint Vector => Volatile.Read(ref s_vector);

    /// <summary>Where the last one came.</summary>
    public static ulong Rip => Volatile.Read(ref s_rip);

    /// <summary>This vector's is taken and never ended.</summary>
    public static void KeepInService(uint vector) => Volatile.Write(ref s_kept, vector);

    public static void Clear() => Volatile.Write(ref s_taken, 0);

    /// <summary>Opens interrupts until so many have been taken, then for as long again that one more would come, and masks them.</summary>
    public static uint Collect(uint wanted)
    {
        ulong tick = Timer.Frequency / 1000;
        ulong end = Timer.Now + tick * PatienceMilliseconds;
        Cpu.UnmaskInterrupts();
        while (Taken < wanted && Timer.Now < end)
            Cpu.Yield();
        end = Timer.Now + tick * SettleMilliseconds;
        while (Timer.Now < end)
            Cpu.Yield();
        Cpu.MaskInterrupts();
        return Taken;
    }

    [RuntimeExport("HandleInterrupt")]
    private static void Handle(ref ExceptionFrame frame)
    {
        uint vector = InterruptController.Acknowledge(ref frame);
        if (vector == InterruptController.None)
            return;
        if (vector == Wakes.Ping)
        {
            // vCPU 1's.
            Wakes.Serve();
            InterruptController.End(vector);
            return;
        }
        Volatile.Write(ref s_vector, vector);
        Volatile.Write(ref s_rip, frame.Rip);
        Volatile.Write(ref s_taken, s_taken + 1);
        Assigned.Serve(vector);
        if (vector != Volatile.Read(ref s_kept))
            InterruptController.End(vector);
    }

    [RuntimeExport("GuestSecondary")]
    private static void Secondary(ulong index)
    {
        if (Lives.IsOver)
            Lives.WriteForever();
        Wakes.AnswerForever();
    }
}

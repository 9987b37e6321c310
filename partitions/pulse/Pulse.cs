using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Pulse;

/// <summary>
/// A fixed-priority system of two tasks: control at interrupt level, released by the vCPU's own timer; the report below
/// it, in the loop that waits for interrupts. The same on every architecture.
/// </summary>
internal static unsafe class Pulse
{
    private const ulong PeriodsPerReport = 1000;    // unless boot argument `report=PERIODS` says otherwise

    private static ControlTask s_control;
    private static ulong s_reported;

    [RuntimeExport("GuestMain")]
    private static void Main(byte* hardware)
    {
        Platform.Read(hardware);
        Console.UseWholeLines();
        InterruptController.Initialize();
        ulong rate = Arguments.NumberOf("rate"u8, ControlTask.UsualRate);
        Console.Write("pulse: "u8);
        Console.WriteDecimal(rate / 1000);
        Console.WriteLine(" kHz control task on the virtual timer"u8);
        ulong periodsPerReport = Arguments.NumberOf("report"u8, PeriodsPerReport);
        s_control.Start(Timer.Now, Timer.Frequency, rate);
        DeadlineTimer.Start(s_control.NextRelease);
        while (true)
        {
            Cpu.MaskInterrupts();
            if (s_control.Periods - s_reported < periodsPerReport)
            {
                Cpu.WaitUnmasked();
                continue;
            }
            ControlTask seen = s_control;       // one consistent copy; the next release may come right after
            Cpu.UnmaskInterrupts();
            s_reported = seen.Periods - seen.Periods % periodsPerReport;
            Report.Write(seen);
        }
    }

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
        ulong now = Timer.Now;
        uint interrupt = InterruptController.Acknowledge(ref frame);
        if (interrupt == InterruptController.None)
            return;
        if (interrupt == DeadlineTimer.Interrupt)
        {
            s_control.Run(now);
            s_control.Finish(Timer.Now);
            DeadlineTimer.Move(s_control.NextRelease);
        }
        InterruptController.End(interrupt);
    }
}

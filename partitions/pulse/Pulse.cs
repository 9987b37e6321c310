using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Pulse;

/// <summary>
/// A fixed-priority system of two tasks: control at interrupt level, released by the virtual timer; the report below it,
/// in the loop that waits in WFI.
/// </summary>
internal static unsafe class Pulse
{
    private static ControlTask s_control;
    private static ulong s_reported;

    [RuntimeExport("GuestMain")]
    private static void Main(byte* deviceTree, ulong cntpct, ulong cntvct)
    {
        Platform.Read(deviceTree);
        Console.UseWholeLines();
        Gic.InitDistributor();
        Gic.InitCpu();
        Gic.Enable(Timer.VirtualIntid);
        Console.WriteLine("pulse: 1 kHz control task on the virtual timer"u8);
        s_control.Start(Timer.Now, Timer.Frequency);
        Timer.WriteCntvCval(s_control.NextRelease);
        Timer.WriteCntvCtl(Timer.Enable);
        while (true)
        {
            Cpu.MaskInterrupts();
            if (s_control.Periods - s_reported < ControlTask.PerSecond)
            {
                Cpu.Wfi();
                Cpu.UnmaskInterrupts();
                continue;
            }
            ControlTask seen = s_control;       // one consistent copy; the next release may come right after
            Cpu.UnmaskInterrupts();
            s_reported = seen.Periods - seen.Periods % ControlTask.PerSecond;
            Report.Write(seen);
        }
    }

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
        ulong now = Timer.Now;
        uint intid = GicCpu.Acknowledge();
        if (intid == Gic.Spurious)
            return;
        if (intid == Timer.VirtualIntid)
        {
            s_control.Run(now);
            s_control.Finish(Timer.Now);
            Timer.WriteCntvCval(s_control.NextRelease);     // also ends the timer's level before the EOI
        }
        GicCpu.EndOfInterrupt(intid);
    }
}

using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>The interrupt handler of both vCPUs and ways to wait for it.</summary>
internal static class Interrupts
{
    public const uint Ping = 2, Reply = 3, Stranger = 4;
    public const uint PatienceMilliseconds = 5000;

    /// <summary>This interrupt's handler runs Preemption.InsideHandler.</summary>
    public static uint NestingIntid;

    public static bool WasActive;
    public static uint RunningPriority;
    private static uint s_secondaryInterrupts;
    private static uint s_secondaryLast;

    public static uint SecondaryInterrupts => Volatile.Read(ref s_secondaryInterrupts);

    public static uint SecondaryLast => Volatile.Read(ref s_secondaryLast);

    /// <summary>Opens interrupts until <paramref name="entries"/> have been taken, then masks them again.</summary>
    public static bool WaitFor(int entries)
    {
        ulong end = Timer.Now + Timer.Frequency / 1000 * PatienceMilliseconds;
        Cpu.UnmaskInterrupts();
        while (EventLog.Entries < entries && Timer.Now < end)
            Cpu.Yield();
        Cpu.MaskInterrupts();
        return EventLog.Entries >= entries;
    }

    /// <summary>Opens interrupts for a while: what is not to come would come now.</summary>
    public static void Settle()
    {
        Cpu.UnmaskInterrupts();
        Delay(5);
        Cpu.MaskInterrupts();
    }

    public static void Delay(uint milliseconds)
    {
        ulong end = Timer.Now + Timer.Frequency / 1000 * milliseconds;
        while (Timer.Now < end)
            Cpu.Yield();
    }

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
        uint intid = GicCpu.Acknowledge();
        if (intid >= 1020)
            return;
        if (Cpu.Index != 0)
        {
            AnswerOnSecondary(intid);
            return;
        }
        EventLog.Add(intid);
        WasActive = Gic.IsActive(intid);
        RunningPriority = (uint)GicCpu.ReadRpr();
        if (intid == Timer.VirtualIntid)
            Timer.WriteCntvCtl(0);
        else if (intid == Timer.PhysicalIntid)
            Timer.WriteCntpCtl(0);
        else if (intid == Platform.UartIntid)
            Keyboard.Receive();
        else if (intid == GenericWatchdog.Intid)
            GenericWatchdog.Refresh();
        if (intid == NestingIntid)
            Preemption.InsideHandler();
        EventLog.Add(intid | EventLog.Leave);
        GicCpu.EndOfInterrupt(intid);
    }

    private static void AnswerOnSecondary(uint intid)
    {
        GicCpu.EndOfInterrupt(intid);
        Volatile.Write(ref s_secondaryLast, intid);
        Volatile.Write(ref s_secondaryInterrupts, s_secondaryInterrupts + 1);
        if (intid == Ping)
            Gic.SendSgi(1, Reply);
    }
}

using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Probe;

/// <summary>vCPU 1: answers interrupts until it is told to turn itself off.</summary>
internal static class Secondary
{
    private static uint s_starts;
    private static uint s_index;
    private static bool s_turnOff;

    /// <summary>How often it has come up.</summary>
    public static uint Starts => Volatile.Read(ref s_starts);

    /// <summary>Its number as MPIDR_EL1 says it.</summary>
    public static uint Index => Volatile.Read(ref s_index);

    public static bool WaitForStart(uint starts)
    {
        ulong end = Timer.Now + Timer.Frequency / 1000 * Interrupts.PatienceMilliseconds;
        while (Starts < starts && Timer.Now < end)
            Cpu.Yield();
        return Starts >= starts;
    }

    public static void TurnOff()
    {
        Volatile.Write(ref s_turnOff, true);
        Gic.SendSgi(2, Interrupts.Stranger);
    }

    [RuntimeExport("GuestSecondary")]
    private static void Main(ulong index)
    {
        Gic.InitCpu();
        Volatile.Write(ref s_index, (uint)Cpu.Index);
        Volatile.Write(ref s_turnOff, false);
        Volatile.Write(ref s_starts, s_starts + 1);
        while (!Volatile.Read(ref s_turnOff))
            Cpu.WaitForInterrupt();
        Psci.Call(Psci.CpuOff);
        Cpu.Halt();
    }
}

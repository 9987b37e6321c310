using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>On by INIT and STARTUP, off by INIT.</summary>
internal static partial class Second
{
    /// <summary>Whether there is one (CPUID 1:EBX, the package's logical processors).</summary>
    public static bool Exists => (Cpu.Cpuid(1).Ebx >> 16 & 0xff) > 1;

    /// <summary>On, if it is off; then at work.</summary>
    public static void Start(int work, ulong seed)
    {
        if (!IsHere)
        {
            s_work = s_seen = Rest;
            SecondaryStart.Start(1);
            while (!IsHere)
                Cpu.Yield();
        }
        s_seed = seed;
        Set(work);
    }

    public static void Stop() => Set(Rest);

    /// <summary>Wherever it is, an INIT ends it.</summary>
    public static void TurnOff()
    {
        LocalApic.Send(1, SecondaryStart.Init);
        Volatile.Write(ref s_here, false);
    }

    [RuntimeExport("GuestSecondary")]
    private static void Main(uint index)
    {
        LocalApic.Enable(false);
        Work();
    }
}

using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// vCPU 1: changes under the first one's feet whatever it is told to, and never faults itself, since FaultTrap is the
/// first one's.
/// </summary>
internal static class Second
{
    public const int Rest = 0, Tables = 1, Code = 2, Storm = 3;

    private static int s_work;
    private static int s_seen;
    private static bool s_here;
    private static ulong s_seed;

    /// <summary>Whether there is one (CPUID 1:EBX, the package's logical processors).</summary>
    public static bool Exists => (Cpu.Cpuid(1).Ebx >> 16 & 0xff) > 1;

    /// <summary>On, by INIT and STARTUP, if it is off; then at work.</summary>
    public static void Start(int work, ulong seed)
    {
        if (!Volatile.Read(ref s_here))
        {
            s_work = s_seen = Rest;
            SecondaryStart.Start(1);
            while (!Volatile.Read(ref s_here))
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

    private static void Set(int work)
    {
        Volatile.Write(ref s_work, work);
        while (Volatile.Read(ref s_seen) != work)
            Cpu.Yield();
    }

    [RuntimeExport("GuestSecondary")]
    private static void Main(uint index)
    {
        LocalApic.Enable(false);
        Volatile.Write(ref s_here, true);
        Random random = new(s_seed);
        while (true)
        {
            int work = Volatile.Read(ref s_work);
            if (work != s_seen)
            {
                random = new(s_seed);
                Volatile.Write(ref s_seen, work);
            }
            switch (work)
            {
                case Tables:
                    Races.ChangeTables(ref random);
                    break;
                case Code:
                    Races.ChangeCode(ref random);
                    break;
                case Storm:
                    Storms.SendToFirst(ref random);
                    break;
                default:
                    Cpu.Yield();
                    break;
            }
        }
    }
}

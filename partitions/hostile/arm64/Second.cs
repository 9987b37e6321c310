using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// vCPU 1: changes under the first one's feet whatever it is told to, and never faults itself, since FaultTrap is the
/// first one's.
/// </summary>
internal static unsafe class Second
{
    public const int Rest = 0, Tables = 1, Code = 2, Storm = 3, Leave = 4;

    private static uint s_vcpus;
    private static int s_work;
    private static int s_seen;
    private static bool s_here;
    private static ulong s_seed;

    /// <summary>One or two.</summary>
    public static uint Vcpus => s_vcpus;

    public static void Find() => s_vcpus = Psci.Call(Psci.AffinityInfo64, 1) == Psci.InvalidParameters ? 1u : 2;

    /// <summary>Whether it runs C#: the power family turns it on and off elsewhere.</summary>
    public static bool IsHere => Volatile.Read(ref s_here);

    /// <summary>On, if it is off; then at work. False where there is none.</summary>
    public static bool Start(int work, ulong seed)
    {
        if (!IsHere)
        {
            s_work = Rest;
            if (Psci.StartCpu(1) != Psci.Success)
                return false;
            while (!IsHere)
                Cpu.Yield();
        }
        s_seed = seed;
        Set(work);
        return true;
    }

    public static void Stop()
    {
        if (IsHere)
            Set(Rest);
    }

    /// <summary>Off, by its own CPU_OFF.</summary>
    public static void TurnOff()
    {
        if (!IsHere)
            return;
        Set(Leave);
        while (Psci.Call(Psci.AffinityInfo64, 1) != 1)
            Cpu.Yield();
        Volatile.Write(ref s_here, false);
    }

    private static void Set(int work)
    {
        Volatile.Write(ref s_work, work);
        while (Volatile.Read(ref s_seen) != work)
            Cpu.Yield();
    }

    [RuntimeExport("GuestSecondary")]
    private static void Main(ulong index)
    {
        Gic.InitCpu();
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
                case Leave:
                    Psci.Call(Psci.CpuOff);
                    break;
                default:
                    Cpu.Yield();
                    break;
            }
        }
    }
}

using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// vCPU 1: changes under the first one's feet whatever it is told to, and never faults itself, since FaultTrap is the
/// first one's.
/// </summary>
internal static partial class Second
{
    public const int Rest = 0, Tables = 1, Code = 2, Storm = 3;

    private static int s_work;
    private static int s_seen;
    private static bool s_here;
    private static ulong s_seed;

    /// <summary>Whether it runs C#: the power family turns it on and off elsewhere.</summary>
    public static bool IsHere => Volatile.Read(ref s_here);

    private static void Set(int work)
    {
        Volatile.Write(ref s_work, work);
        while (Volatile.Read(ref s_seen) != work)
            Cpu.Yield();
    }

    /// <summary>What else it may be told, where there is something.</summary>
    static partial void Leave();

    /// <summary>Its whole life.</summary>
    private static void Work()
    {
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
                case Rest:
                    Cpu.Yield();
                    break;
                default:
                    Leave();
                    break;
            }
        }
    }
}

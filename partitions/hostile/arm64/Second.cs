using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>On and off by PSCI.</summary>
internal static partial class Second
{
    private const int Off = 4;

    private static uint s_vcpus;

    /// <summary>One or two.</summary>
    public static uint Vcpus => s_vcpus;

    public static void Find() => s_vcpus = Psci.Call(Psci.AffinityInfo64, 1) == Psci.InvalidParameters ? 1u : 2;

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
        Set(Off);
        while (Psci.Call(Psci.AffinityInfo64, 1) != 1)
            Cpu.Yield();
        Volatile.Write(ref s_here, false);
    }

    static partial void Leave() => Psci.Call(Psci.CpuOff);

    [RuntimeExport("GuestSecondary")]
    private static void Main(ulong index)
    {
        Gic.InitCpu();
        Work();
    }
}

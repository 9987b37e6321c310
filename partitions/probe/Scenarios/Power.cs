namespace Bulkhead.Guests.Probe;

/// <summary>PSCI (DEN 0022): every call, with vCPU 1 going on, off and on again.</summary>
internal static class Power
{
    private const ulong On = 0, Off = 1;

    public static void Run()
    {
        Check.Equal("psci version"u8, 0x1_0001, Psci.Call(Psci.Version));
        Check.Equal("psci features cpu_on"u8, Psci.Success, Psci.Call(Psci.Features, Psci.CpuOn64));
        Check.Equal("psci features system_off"u8, Psci.Success, Psci.Call(Psci.Features, Psci.SystemOff));
        Check.Equal("psci features unknown"u8, Psci.NotSupported, Psci.Call(Psci.Features, 0x8400_00ff));
        Check.Equal("psci migrate_info_type"u8, 2, Psci.Call(Psci.MigrateInfoType));
        Check.Equal("psci affinity_info self"u8, On, Psci.Call(Psci.AffinityInfo64, 0));
        Check.Equal("psci affinity_info before"u8, Off, Psci.Call(Psci.AffinityInfo64, 1));
        Check.Equal("psci affinity_info nobody"u8, Psci.InvalidParameters, Psci.Call(Psci.AffinityInfo64, 77));
        Check.Equal("psci cpu_on nobody"u8, Psci.InvalidParameters, Psci.Call(Psci.CpuOn64, 77, 0x4000_0000));
        Check.Equal("psci cpu_on self"u8, Psci.AlreadyOn, Psci.StartCpu(0));
        if (Hypervisor.IsPresent)
            Check.Equal("psci cpu_on nowhere"u8, Psci.InvalidAddress, Psci.Call(Psci.CpuOn64, 1, 0x7_f000_0000));
        else
            Check.Skip("psci cpu_on nowhere"u8);

        Check.Equal("psci cpu_on"u8, Psci.Success, Psci.StartCpu(1));
        Check.That("psci vcpu 1 runs"u8, Secondary.WaitForStart(1));
        Check.Equal("psci affinity_info on"u8, On, Psci.Call(Psci.AffinityInfo64, 1));
        Check.Equal("psci cpu_on again"u8, Psci.AlreadyOn, Psci.StartCpu(1));
        Secondary.TurnOff();
        Check.That("psci cpu_off"u8, WaitForOff());
        Check.Equal("psci cpu_on after off"u8, Psci.Success, Psci.StartCpu(1));
        Check.That("psci vcpu 1 runs again"u8, Secondary.WaitForStart(2));
        Suspend();
    }

    private static bool WaitForOff()
    {
        ulong end = Timer.Now + Timer.Frequency / 1000 * Interrupts.PatienceMilliseconds;
        while (Psci.Call(Psci.AffinityInfo64, 1) != Off)
        {
            if (Timer.Now > end)
                return false;
            Cpu.Yield();
        }
        return true;
    }

    /// <summary>Standby with interrupts masked: a pending timer ends it; an early return is allowed.</summary>
    private static void Suspend()
    {
        Gic.Enable(Timer.VirtualIntid);
        EventLog.Clear();
        Timer.WriteCntvCval(Timer.Now + Timer.Frequency / 1000);
        Timer.WriteCntvCtl(Timer.Enable);
        Check.Equal("psci cpu_suspend"u8, Psci.Success, Psci.Call(Psci.CpuSuspend64));
        Check.That("psci wake-up interrupt"u8, Interrupts.WaitFor(1) && EventLog.Entry(0) == Timer.VirtualIntid);
    }
}

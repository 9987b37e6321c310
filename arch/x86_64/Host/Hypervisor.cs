using System.Runtime;
using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>From reset to guests, top to bottom. Boot runs on the first CPU and sets up everything for all of them.</summary>
internal static class Hypervisor
{
    [RuntimeExport("HypervisorBoot")]
    private static void Boot(uint loaderMagic, uint loaderInformation, ulong physicalBase, ulong resetTimeStamp)
    {
        HypervisorLayout.PhysicalBase = new HostPhys(physicalBase);
        InterruptTable.Build();
        CpuTables.Load(0);
        EarlyUart.Initialize();
        CpuFeatures.Read();
        Pool.Initialize();
        HostMap.CreateFirst();
        BoardFirmware.Read(loaderMagic, new HostPhys(loaderInformation));
        BoardHardware.Initialize();
        HypervisorLog.Line("TSC"u8, TscClock.Hertz, "memory ranges"u8, (ulong)BoardFirmware.Loader.MemoryCount);
        for (int cpu = 0; cpu < CpuCount; cpu++)
        {
            CpuSetup.Prepare(cpu);
            HostMap.Create(cpu);
            BoardHardware.Map(cpu);
        }
        if (!ApStart.Prepare(in BoardFirmware.Loader))
            HypervisorLog.Refuse("no page below 640 KiB is free for the other CPUs to start in"u8);
        for (int cpu = 1; cpu < CpuCount; cpu++)
        {
            if (!ApStart.Start(cpu, BoardFirmware.Acpi.CpuId[cpu]))
                HypervisorLog.Line("CPU did not start:"u8, (ulong)(uint)cpu, "APIC id"u8, BoardFirmware.Acpi.CpuId[cpu]);
        }
        HypervisorLog.Text("nothing to run yet; the board stops"u8);
        BoardStop.Stop();
    }

    private static int CpuCount => System.Math.Min(BoardFirmware.Acpi.CpuCount, HypervisorLayout.MaxCpus);

    [RuntimeExport("HypervisorSecondary")]
    private static void Secondary(uint cpu)
    {
        CpuTables.Load((int)cpu);
        HostMap.Use((int)cpu);
        CpuSetup.LoadRegisters();
        LocalApic.InitializeCpu();
        HostTimer.InitializeCpu();
        HypervisorLog.Line("CPU"u8, cpu, "APIC id"u8, LocalApic.Id);
        ApStart.Arrive((int)cpu);
        while (true)
        {
            uint vector = Instruction.WaitForInterrupt();
            if (vector != 0)
                LocalApic.EndOfInterrupt();
        }
    }
}

using System.Runtime;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Host;

/// <summary>From reset to guests, top to bottom. Boot runs on the first CPU and sets up everything for all of them.</summary>
internal static class Hypervisor
{
    private const ushort Com1 = 0x3f8;
    // Good enough to hold lines by until the TSC is measured.
    private const ulong AssumedHertz = 1_000_000_000;

    [RuntimeExport("BoardBoot")]
    private static void Boot(uint loaderMagic, uint loaderInformation, ulong physicalBase, ulong resetTimeStamp, uint started)
    {
        HypervisorLayout.PhysicalBase = new HostPhys(physicalBase);
        InterruptTable.Build();
        CpuTables.Load(0);
        Guest.X86.InitializeUart(Com1);
        BoardConsole.Initialize(AssumedHertz);
        CpuFeatures.Read();
        Pool.Initialize();
        HostMap.CreateFirst();
        BoardFirmware.Read(loaderMagic, new HostPhys(loaderInformation));
        VirtualMachine.Find();
        ExtendedState.FindFeatures();
        BoardHardware.Initialize();
        BoardConsole.UseFrequency(TscClock.Hertz);
        if (!DiskImage.TryFind())
            HypervisorLog.Refuse("no disk on an ATA channel has the image's partitions"u8);
        TableLoad.Run(in DiskImage.Config, new StartedSlot(started), ref Pool.Take<ApplianceTable>());
        BoardConsole.AddGuests();
        BoardBlackBox.Open();
        BoardChecks.Run();
        for (int cpu = 0; cpu < ApplianceTables.CpuCount; cpu++)
        {
            CpuSetup.Prepare(cpu);
            HostMap.Create(cpu);
            BoardHardware.Map(cpu);
            VcpuSetup.Prepare(cpu);
        }
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
            PartitionSetup.Create(guest);
        BoardHardware.RouteUart();
        HypervisorLog.Started(Pool.Held, Register.ReadTsc() - resetTimeStamp);
        // The UART's interrupts open with the first guest, which a disk may keep waiting.
        BoardConsole.Flush();
        if (!ApStart.Prepare(in BoardFirmware.Loader))
            HypervisorLog.Refuse("no page below 640 KiB is free for the other CPUs to start in"u8);
        for (int cpu = 1; cpu < ApplianceTables.CpuCount; cpu++)
        {
            if (!ApStart.Start(cpu, (uint)ApplianceTables.Board.CpuId[cpu]))
                HypervisorLog.RefuseFact("APIC id of a CPU that does not start"u8, ApplianceTables.Board.CpuId[cpu], "which is its CPU"u8, (ulong)(uint)cpu);
        }
        HostMap.Use(0);
        CpuSetup.LoadRegisters();
        Run(0);
    }

    [RuntimeExport("HypervisorSecondary")]
    private static void Secondary(uint cpu)
    {
        CpuTables.Load((int)cpu);
        HostMap.Use((int)cpu);
        CpuSetup.LoadRegisters();
        LocalApic.InitializeCpu();
        ApStart.Arrive((int)cpu);
        Run((int)cpu);
    }

    /// <summary>Each CPU: its timer, its virtualisation extension, then its guest. Does not return.</summary>
    private static void Run(int cpu)
    {
        HostTimer.InitializeCpu();
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        VirtualMachine.Enable(ref vcpu);
        if (vcpu.Core.Guest < 0)
            VcpuLoop.Park(ref vcpu.Core);
        if (Recorder.IsTracing)
            vcpu.Trace = Recorder.ClearExitRing(cpu);
        GuestLife.Run(ref vcpu.Core);
    }

    /// <summary>A CPU that has left its guest for good, on an empty stack (Boot/Vectors.S).</summary>
    [RuntimeExport("HypervisorReturn")]
    private static void Return(ref Vcpu vcpu) => GuestLife.Run(ref vcpu.Core);
}

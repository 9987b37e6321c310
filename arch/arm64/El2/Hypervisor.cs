using System.Runtime;
using System.Threading;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>From reset to guests, top to bottom. Boot runs on the first CPU and sets up everything for all of them.</summary>
internal static class Hypervisor
{
    [RuntimeExport("HypervisorBoot")]
    private static void Boot(ulong deviceTree, ulong image, ulong imageSize, ulong physicalBase, ulong resetCounter, uint started)
    {
        HypervisorLayout.PhysicalBase = new HostPhys(physicalBase);
        HypervisorPages.Initialize();
        HostMap.CreateFirst(new HostPhys(deviceTree));
        BootImage.Find(new HostPhys(deviceTree), new HostPhys(image), imageSize);
        HostMap.AddFirst(MappedImage.Config.Uart.Value, MappedImage.Config.Uart, PagePool.PageSize, HostMap.Device);
        Arm64.InitializeUart(MappedImage.Config.Uart);
        BoardConsole.Initialize(SystemRegister.ReadCntfrq());
        TableLoad.Run(in MappedImage.Config, new StartedSlot(started), ref HypervisorPages.Take<ApplianceTable>());
        BoardConsole.AddGuests();
        BoardBlackBox.Open();
        HypervisorPages.UseCpuBlocksFrom(ApplianceTables.CpuCount);
        BoardChecks.Run(new HostPhys(deviceTree));
        for (int cpu = 0; cpu < ApplianceTables.CpuCount; cpu++)
            CpuSetup.Prepare(cpu);
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
            PartitionSetup.Create(guest);
        for (int cpu = 0; cpu < ApplianceTables.CpuCount; cpu++)
            HostMap.Create(cpu);
        HostMap.Use(0);
        GicHardware.InitializeBoard();
        HypervisorLog.Started(HypervisorPages.Held, SystemRegister.ReadCntpct() - resetCounter);
        for (int cpu = 1; cpu < ApplianceTables.CpuCount; cpu++)
            StartCpu(cpu);
        Run(0);
    }

    [RuntimeExport("HypervisorSecondary")]
    private static void Secondary(uint cpu) => Run((int)cpu);

    private static void StartCpu(int cpu)
    {
        long result = Firmware.CpuOn(
            ApplianceTables.Board.CpuId[cpu],
            HypervisorLayout.ToPhysical(Instruction.AddressOfSecondaryEntry()).Value,
            (uint)cpu);
        if (result != 0)
            HypervisorLog.Line("CPU did not start:"u8, (ulong)(uint)cpu, "PSCI CPU_ON said"u8, (ulong)result);
    }

    /// <summary>Each CPU: own page tables, own GIC interface, then its guest. Does not return.</summary>
    private static void Run(int cpu)
    {
        HostMap.Use(cpu);
        GicHardware.InitializeCpu(cpu);
        BoardStop.Check();
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        if (vcpu.Core.Guest < 0)
            VcpuLoop.Park(ref vcpu.Core);
        BoardBlackBox.Trace(ref vcpu);
        GuestTrapRegisters.Load();
        ref Partition partition = ref Partitions.Of(vcpu.Core.Guest);
        Stage2Registers.Load(ref partition);
        GuestLife.Run(ref vcpu.Core);
    }

    /// <summary>A CPU that has left its guest for good, on an empty stack (Boot/Vectors.S).</summary>
    [RuntimeExport("HypervisorReturn")]
    private static void Return(ref Vcpu vcpu) => GuestLife.Run(ref vcpu.Core);
}

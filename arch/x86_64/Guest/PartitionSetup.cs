using System;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Host;
using Bulkhead.X86.Memory;
using ControlMailbox = Bulkhead.Devices.ControlMailbox<Bulkhead.X86.Guest.X86, Bulkhead.Lifecycle.UpdateLines<Bulkhead.X86.Guest.X86>>;
using ControlUart = Bulkhead.Devices.ControlUart<
    Bulkhead.Devices.VirtualUart16550, Bulkhead.X86.Guest.ControlOutput, Bulkhead.X86.Guest.GuestLine, Bulkhead.Lifecycle.UpdateLines<Bulkhead.X86.Guest.X86>>;

namespace Bulkhead.X86.Guest;

/// <summary>A guest's run-time state and nested tables, made by the boot CPU from the table.</summary>
internal static unsafe class PartitionSetup
{
    public static void Create(int guest)
    {
        ref Partition partition = ref Pool.Take<Partition>();
        Partitions.Place(guest, ref partition);
        partition.Core.Entry = ApplianceTables.Guest(guest);
        partition.Core.Index = guest;
        CreateTables(ref partition);
        ref GuestEntry entry = ref partition.Core.Entry;
        partition.Apics.Initialize(entry.VcpuCount, entry.X86.LocalApic.Value, Math.Max(entry.X86.UartGsi, entry.X86.ControlGsi));
        partition.Mmio.Initialize(in entry);
        partition.Ports.Initialize(in entry);
        partition.IoMap = VirtualMachine.IoMapOf(in entry.X86);
        AssignedInterrupts.Route(ref partition);
        partition.Uart.Initialize(guest);
        if (entry.IsControl)
        {
            ControlUart.Create();
            if (!ControlMailbox.TryCreate(in partition.Core))
                System.Bug.Stop(System.BugKind.Assertion);
        }
        partition.Clock.Scale = new(TscClock.Hertz);
        partition.Clock.IsStable = CpuFeatures.HasInvariantTsc;
        for (int i = 0; i < entry.VcpuCount; i++)
            CreateVcpu(ref partition, i);
    }

    // Not in use before its guest is entered, which flushes what a CPU may remember (VcpuReset.cs).
    private static void CreateTables(ref Partition partition)
    {
        partition.Tables = HypervisorLayout.ToPhysical(Pool.Take(1));
        PageTable<FourLevelFormat, HostTableOps> tables = new(ref Pool.Pages, partition.Tables, VirtualMachine.TableFormat(), default);
        if (GuestMap.Fill(in partition.Core.Entry, ref tables) != PageTableStatus.Ok)
            System.Bug.Stop(System.BugKind.Assertion);
    }

    private static void CreateVcpu(ref Partition partition, int index)
    {
        int cpu = (int)partition.Core.CpuOf(index);
        ref Vcpu vcpu = ref CpuBlocks.Of(cpu);
        vcpu.PartitionAddress = (ulong)Unsafe.AsPointer(ref partition);
        vcpu.ApicAddress = (ulong)Unsafe.AsPointer(ref partition.Apics.Local.At((uint)index));
        vcpu.Apic.PhysicalCpu = cpu;
        ref VcpuPolicy policy = ref Pool.Take<VcpuPolicy>();
        vcpu.PolicyAddress = (ulong)Unsafe.AsPointer(ref policy);
        policy.Create(index, partition.Core.Entry.VcpuCount);
        VirtualMachine.Prepare(ref vcpu, ref partition);
    }
}

using System;
using System.Runtime.CompilerServices;
using Bulkhead.Arm64.Memory;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's run-time state and stage 2 tables, made by the boot CPU from the table.</summary>
internal static unsafe class PartitionSetup
{
    public static void Create(int guest)
    {
        ref Partition partition = ref HypervisorPages.Take<Partition>();
        ulong address = (ulong)Unsafe.AsPointer(ref partition);
        Partitions.Place(guest, address);
        partition.Core.Entry = ApplianceTables.Guest(guest);
        partition.Core.Index = guest;
        CreateStage2(ref partition);
        GuestInterrupts.Create(ref partition);
        GuestDevices.Create(ref partition);
        for (int i = 0; i < partition.Core.VcpuCount; i++)
            CpuBlocks.Of((int)partition.Core.CpuOf(i)).PartitionAddress = address;
    }

    private static void CreateStage2(ref Partition partition)
    {
        partition.Stage2 = HypervisorPages.TakeRoot();
        Stage2Registers.Load(ref partition);
        PageTable<Vmsav8Format, TableOps> tables = new(
            ref HypervisorPages.Pool, partition.Stage2, Vmsav8Format.Stage2(Stage2Registers.PhysicalSize), TableOps.Stage2);
        if (GuestMap.Fill(in partition.Core.Entry, ref tables) != PageTableStatus.Ok)
            Bug.Stop(BugKind.Assertion);
    }
}

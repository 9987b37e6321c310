using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's run-time state and stage 2 tables, made by the boot CPU from the table.</summary>
internal static unsafe class PartitionSetup
{
    public static void Create(int guest)
    {
        ulong memory = Pool.Take((ulong)(sizeof(Partition) + 4095) / 4096);
        Partitions.Place(guest, memory);
        Partitions.Count = guest + 1;
        ref Partition partition = ref Partitions.Of(guest);
        partition.Core.Entry = ApplianceTables.Guest(guest);
        partition.Core.Index = guest;
        ulong root = Pool.Take(1);
        partition.Stage2 = HypervisorLayout.ToPhysical(root);
        for (int i = 0; i < partition.Core.Entry.MappingCount; i++)
        {
            ref GuestMapping mapping = ref partition.Core.Entry.Mapping[i];
            Mapper.Map(root, mapping.Guest.Value, mapping.Host, mapping.Size,
                mapping.Kind == MappingKind.Ram ? Stage2Attributes.Ram : Stage2Attributes.Device);
        }
        GuestInterrupts.Create(ref partition);
        GuestDevices.Create(ref partition);
        for (int i = 0; i < partition.Core.VcpuCount; i++)
            CpuBlocks.Of((int)partition.Core.CpuOf(i)).PartitionAddress = memory;
        Instruction.DsbIshst();
    }
}

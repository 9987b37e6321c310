using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>The interrupt output of a control guest's second UART.</summary>
internal readonly struct ControlOutput : IInterruptLine<GuestLine>
{
    public static void Set(ref GuestLine context, bool asserted)
    {
        ref Partition partition = ref Partitions.Of(context.Guest);
        context.SetSpi(ref partition, partition.Core.Entry.Arm64.ControlIntId, asserted);
    }
}

using Bulkhead.Devices;

namespace Bulkhead.X86.Guest;

/// <summary>The interrupt output of a control guest's second UART.</summary>
internal readonly struct ControlOutput : IInterruptLine<GuestLine>
{
    public static void Set(ref GuestLine context, bool asserted)
    {
        ref Partition partition = ref Partitions.Of(context.Guest);
        context.SetInput(ref partition, partition.Core.Entry.X86.ControlGsi, asserted);
    }
}

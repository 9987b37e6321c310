using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>The interrupt output of a guest's UART, as seen from the CPU that moves it.</summary>
/// <param name="guest">Whose UART.</param>
/// <param name="vcpu">The vCPU of that guest that this CPU runs; -1 on any other CPU.</param>
internal struct GuestLine(int guest, int vcpu) : IInterruptLine<GuestLine>
{
    private readonly int _guest = guest;
    private readonly int _vcpu = vcpu;

    public static void Set(ref GuestLine context, bool asserted)
    {
        ref Partition partition = ref Partitions.Of(context._guest);
        GuestInterrupts.SetLine(ref partition, context._vcpu, partition.Core.Entry.Arm64.UartIntId, asserted);
    }
}

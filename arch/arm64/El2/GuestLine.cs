using Bulkhead.Devices;

namespace Bulkhead.Arm64.El2;

/// <summary>The interrupt output of a guest's UART, as seen from the CPU that moves it.</summary>
/// <param name="guest">Whose UART.</param>
/// <param name="vcpu">The vCPU of that guest that this CPU runs; -1 on any other CPU.</param>
internal struct GuestLine(int guest, int vcpu) : IInterruptLine<GuestLine>
{
    private readonly int _guest = guest;
    private readonly int _vcpu = vcpu;

    public readonly int Guest => _guest;

    public static void Set(ref GuestLine context, bool asserted)
    {
        ref Partition partition = ref Partitions.Of(context._guest);
        context.SetSpi(ref partition, partition.Core.Entry.Arm64.UartIntId, asserted);
    }

    /// <summary>Moves one of that guest's SPIs.</summary>
    public readonly void SetSpi(ref Partition partition, uint intid, bool asserted) =>
        GuestInterrupts.SetLine(ref partition, _vcpu, intid, asserted);
}

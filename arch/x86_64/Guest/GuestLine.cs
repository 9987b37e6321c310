using Bulkhead.Devices;
using Bulkhead.X86.Apic;

namespace Bulkhead.X86.Guest;

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
        context.SetInput(ref partition, partition.Core.Entry.X86.UartGsi, asserted);
    }

    /// <summary>Moves one of the inputs of that guest's I/O APIC.</summary>
    public readonly void SetInput(ref Partition partition, uint pin, bool asserted)
    {
        if (_vcpu < 0)
            IoApicRegisters<ApicHardware>.SetLineFromOutside(ref partition.Apics, pin, asserted);
        else
            IoApicRegisters<ApicHardware>.SetLine(ref partition.Apics, ref partition.Apics.Local.At((uint)_vcpu), pin, asserted);
    }
}

using Bulkhead.X86.Apic;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>The board for the virtual APICs.</summary>
internal readonly struct ApicHardware : IApicHardware
{
    public static void Kick(int physicalCpu) => X86.Kick(physicalCpu);

    public static ulong ReadTsc() => Register.ReadTsc();

    public static void EndPhysical(uint gsi) => AssignedInterrupts.End(gsi);
}

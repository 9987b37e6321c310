using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>By VMCALL or VMMCALL: function in RAX, arguments in RDI and RSI.</summary>
internal static unsafe partial class Hypervisor
{
    private const uint HypervisorPresent = 1u << 31;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Vmcall")]
    private static extern ulong Vmcall(ulong function, ulong a1, ulong a2);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Vmmcall")]
    private static extern ulong Vmmcall(ulong function, ulong a1, ulong a2);

    private static bool s_isAmd;

    public static ulong Call(uint function, ulong a1, ulong a2) =>
        s_isAmd ? Vmmcall(function, a1, a2) : Vmcall(function, a1, a2);

    /// <summary>Whether Bulkhead is below: others answer another number, or with an exception.</summary>
    public static bool IsPresent
    {
        get
        {
            s_isAmd = Cpu.IsAmd;
            if ((Cpu.Cpuid(1).Ecx & HypervisorPresent) == 0)
                return false;
            FaultTrap.Arm();
            ulong version = Call(OwnVersion, 0, 0);
            return FaultTrap.Disarm() == 0 && version == 1;
        }
    }

    // Start.S maps one to one.
    private static ulong PhysicalOf(void* address) => (ulong)address;
}

namespace Bulkhead.X86.Policy;

/// <summary>A guest's time: its TSC's pace, and the time of day when that was zero.</summary>
public struct GuestClock
{
    public ClockScale Scale;

    /// <summary>TSCs of all the guest's CPUs agree and never stop (CPUID 80000007h:EDX[8]).</summary>
    public bool IsStable;

    public uint WallSeconds;
    public uint WallNanoseconds;

    /// <summary>MSR_KVM_SYSTEM_TIME_NEW: bit 0 says that there is a clock at the address.</summary>
    public static bool IsEnabled(ulong systemTime) => (systemTime & 1) != 0;

    /// <summary>The guest-physical address in either MSR; a multiple of four.</summary>
    public static ulong AddressIn(ulong msr) => msr & ~3ul;
}

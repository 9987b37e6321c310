namespace Bulkhead.X86.Policy;

/// <summary>The MSRs of a vCPU that are kept here.</summary>
public struct VcpuMsrs
{
    /// <summary>Where the guest wants its clocks, as it wrote it; see <see cref="GuestClock.AddressIn"/>.</summary>
    public ulong SystemTime;
    public ulong WallClock;

    /// <summary>Set once from the board by <see cref="MsrPolicy.GuestValue"/>; zero where it has no such MSR.</summary>
    public ulong Microcode;
    public ulong ArchCapabilities;

    /// <summary>At the vCPU's reset: no clock.</summary>
    public void Reset()
    {
        SystemTime = 0;
        WallClock = 0;
    }
}

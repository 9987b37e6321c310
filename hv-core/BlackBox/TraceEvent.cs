namespace Bulkhead.BlackBox;

/// <summary>What a CPU notes beside its exits, tracing or not.</summary>
public enum TraceEvent : uint
{
    None = 0,
    /// <summary>A guest is about to run from its package; value: the guest.</summary>
    GuestStarts = 1,
    /// <summary>A guest is stopped; value: StopReason.</summary>
    GuestStops = 2,
    /// <summary>A vCPU begins; value: its index, detail: its entry.</summary>
    VcpuOn = 3,
    /// <summary>A vCPU ended; value: its index.</summary>
    VcpuOff = 4,
    /// <summary>The hypervisor made the guest take an exception; value: ESR_EL1 or the vector, detail: the address or error code.</summary>
    Exception = 5,
    /// <summary>The hypervisor's own bug; value: BugKind or the exception's, detail: where.</summary>
    Bug = 6,
    /// <summary>A guest did not feed its watchdog in the first of its two stages; value: the guest, and where its vCPU was.</summary>
    PreTimeout = 7,
}

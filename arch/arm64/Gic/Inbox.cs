namespace Bulkhead.Arm64.Gic;

/// <summary>
/// What others ask of a vCPU: they OR a bit in and kick its CPU if the word was empty before; the owner takes a whole
/// word by exchanging it for zero. An OR before the exchange is seen by it, one after it finds zero and kicks again.
/// </summary>
public struct Inbox
{
    /// <summary>Private interrupts made pending.</summary>
    public uint Private;

    /// <summary>Banks of shared interrupts to look at.</summary>
    public uint Banks;

    public uint Requests;

    /// <summary>Private interrupts whose pending or active state another vCPU clears or sets.</summary>
    public uint ClearPending;
    public uint ClearActive;
    public uint SetActive;

    /// <summary>Request: enables, groups, priorities or routes changed; look at every list register.</summary>
    public const uint Recheck = 1;

    /// <summary>Request: copy the list registers to memory for a reader.</summary>
    public const uint Publish = 2;
}

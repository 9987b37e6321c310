namespace Bulkhead.X86.Decode;

public enum WalkStatus
{
    Ok,
    /// <summary>The CPU would have refused as well: #PF.</summary>
    Fault,
    /// <summary>A table lies where the guest has no RAM.</summary>
    NotRam,
    /// <summary>Another vCPU changed an entry at the same time.</summary>
    Raced,
}

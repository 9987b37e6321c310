namespace Bulkhead.BlackBox;

/// <summary>How the hypervisor ended; CauseDetail of its record says more.</summary>
public enum BugCause : uint
{
    /// <summary>A check of its own failed: detail is the BugKind.</summary>
    Check = 1,
    /// <summary>An exception: detail is the vector.</summary>
    Exception = 2,
}

namespace Bulkhead.Boot;

/// <summary>Why a first stage does not start the hypervisor of a slot.</summary>
public enum HypervisorFault
{
    None,
    Missing,
    BadDigest,
    BadSignature,
    BadSize,
    Downgrade,
    OtherBinary,
    Unreadable,
    NoProgram,
}

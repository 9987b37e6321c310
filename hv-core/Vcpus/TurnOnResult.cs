namespace Bulkhead.Vcpus;

/// <summary>What became of a wish to turn a vCPU on.</summary>
public enum TurnOnResult
{
    Done,
    /// <summary>The guest has no such vCPU.</summary>
    NoSuchVcpu,
    /// <summary>The entry is not in the guest's RAM.</summary>
    BadEntry,
    AlreadyOn,
    /// <summary>Another vCPU is turning it on.</summary>
    Pending,
}

namespace Bulkhead.Vcpus;

/// <summary>A vCPU's power state as PSCI sees it (DEN 0022 5.7), and Stopped once its guest is.</summary>
public enum VcpuPower
{
    Off = 0,
    /// <summary>Another vCPU claimed it and is writing its entry.</summary>
    Claimed = 1,
    OnPending = 2,
    On = 3,
}

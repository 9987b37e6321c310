namespace Bulkhead.Partitions;

/// <summary>Why a guest was stopped; restart policies will choose by it.</summary>
public enum StopReason
{
    SystemOff,
    SystemReset,
    PackageRefused,
    InstructionFetchOutsideMemory,
    FaultWhileTakingFault,
    SystemError,
    Stage2Fault,
}

namespace Bulkhead.Arm64.El2;

/// <summary>Why a guest was stopped; restart policies will choose by it.</summary>
internal enum StopReason
{
    SystemOff,
    SystemReset,
    PackageRefused,
    InstructionFetchOutsideMemory,
    FaultWhileTakingFault,
    SystemError,
    Stage2Fault,
}

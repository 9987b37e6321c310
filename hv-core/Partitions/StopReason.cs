namespace Bulkhead.Partitions;

/// <summary>Why a guest was stopped; its policy chooses by it.</summary>
public enum StopReason
{
    SystemOff,
    SystemReset,
    PackageRefused,
    InstructionFetchOutsideMemory,
    FaultWhileTakingFault,
    SystemError,
    Stage2Fault,
    /// <summary>x86: an exception while a fault of a fault was delivered; the CPU shuts down.</summary>
    TripleFault,
    /// <summary>x86: an access to a device by an instruction that is not emulated.</summary>
    UnknownInstruction,
    /// <summary>x86: an event's way to its handler, the IDT or the stack, leads outside the guest's memory.</summary>
    DeliveryOutsideMemory,
    /// <summary>VT-x: a task switch by a gate or a far jump.</summary>
    TaskSwitch,
    /// <summary>Its watchdog ran out.</summary>
    Watchdog,
    /// <summary>Somebody outside the guest asked for it.</summary>
    Requested,
    /// <summary>Its update was not confirmed in time.</summary>
    Unconfirmed,
}

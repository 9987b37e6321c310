namespace Bulkhead.BlackBox;

/// <summary>An x86-64 record's registers, by their place in it; the first sixteen in the order of their encoding.</summary>
public enum X86CrashRegister
{
    RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15,
    RIP,
    RFLAGS,
    CS,
    SS,
    CR0,
    CR2,
    CR3,
    CR4,
    EFER,
    /// <summary>What the exit itself said: EXITCODE or the exit reason, and an error code or qualification.</summary>
    ExitReason,
    ExitInformation,
    /// <summary>The guest-physical address of a fault.</summary>
    GuestPhysical,
    /// <summary>Of the hypervisor's exception.</summary>
    ErrorCode,
}

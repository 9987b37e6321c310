namespace Bulkhead.BlackBox;

/// <summary>An arm64 record's registers, by their place in it. A guest's; of the hypervisor's own bug only those that it has.</summary>
public enum Arm64CrashRegister
{
    X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15,
    X16, X17, X18, X19, X20, X21, X22, X23, X24, X25, X26, X27, X28, X29, X30,
    /// <summary>Of the hypervisor.</summary>
    SP,
    ELR_EL2,
    SPSR_EL2,
    ESR_EL2,
    FAR_EL2,
    /// <summary>The faulting guest-physical address.</summary>
    IPA,
    SP_EL0,
    SP_EL1,
    ELR_EL1,
    SPSR_EL1,
    ESR_EL1,
    FAR_EL1,
    VBAR_EL1,
    SCTLR_EL1,
    TCR_EL1,
    TTBR0_EL1,
    TTBR1_EL1,
    VTTBR_EL2,
}

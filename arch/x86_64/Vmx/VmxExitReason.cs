namespace Bulkhead.X86.Vmx;

/// <summary>Bits 15:0 of the exit reason (SDM 3, appendix C).</summary>
internal enum VmxExitReason : uint
{
    Exception = 0,
    ExternalInterrupt = 1,
    TripleFault = 2,
    InterruptWindow = 7,
    NmiWindow = 8,
    TaskSwitch = 9,
    Cpuid = 10,
    Invd = 13,
    Rdpmc = 15,
    Vmcall = 18,
    ControlRegister = 28,
    Io = 30,
    Rdmsr = 31,
    Wrmsr = 32,
    InvalidGuestState = 33,
    MsrLoading = 34,
    MachineCheckDuringEntry = 41,
    TprBelowThreshold = 43,
    EptViolation = 48,
    EptMisconfiguration = 49,
    PreemptionTimer = 52,
    Wbinvd = 54,
    Xsetbv = 55,
}

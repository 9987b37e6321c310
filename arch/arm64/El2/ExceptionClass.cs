namespace Bulkhead.Arm64.El2;

/// <summary>ESR_EL2.EC (DDI 0487 D24.2.40).</summary>
internal enum ExceptionClass : uint
{
    Unknown = 0x00,
    Wfx = 0x01,
    Hvc64 = 0x16,
    Smc64 = 0x17,
    SystemRegister = 0x18,
    InstructionAbortLowerEl = 0x20,
    DataAbortLowerEl = 0x24,
    DataAbortSameEl = 0x25,
    InstructionAbortSameEl = 0x21,
}

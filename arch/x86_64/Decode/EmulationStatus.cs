namespace Bulkhead.X86.Decode;

/// <summary>What became of an instruction, and what the exit handler does next.</summary>
public enum EmulationStatus
{
    /// <summary>
    /// Carried out: the registers are those behind it, or, inside a REP, those of an interrupt between two elements,
    /// with RIP at the instruction. RFLAGS.RF is clear. The handler ends an interrupt shadow (STI, MOV SS) if there was one.
    /// </summary>
    Done,
    /// <summary>
    /// Nothing happened: the instruction or its tables are not those any more that made the exit, because another vCPU
    /// rewrote them. Enter the guest again.
    /// </summary>
    Retry,
    /// <summary>Inject #PF with the <see cref="Emulation.Fault"/>. Inside a REP the registers have moved to the element that faults.</summary>
    PageFault,
    /// <summary>Inject #GP(0): a string operand's address is not canonical.</summary>
    GeneralProtection,
    /// <summary>Not emulated, and nothing happened. Stop the guest with a report that names <see cref="Emulation.BytesAt"/>.</summary>
    NotSupported,
}

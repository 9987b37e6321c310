namespace Bulkhead.X86.Decode;

public enum DecodeStatus
{
    Ok,
    /// <summary>The bytes end before the instruction does: more of them may make it Ok or NotSupported.</summary>
    Truncated,
    /// <summary>Not one of the forms with a memory operand that the hypervisor emulates, or no instruction at all.</summary>
    NotSupported,
}

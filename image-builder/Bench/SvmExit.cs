namespace Bulkhead.ImageBuilder.Bench;

/// <summary>An exit as QEMU's log has it (APM 2 15.9, appendix C).</summary>
/// <param name="Code">EXITCODE.</param>
/// <param name="Info">EXITINFO1.</param>
/// <param name="Address">EXITINFO2: of a nested page fault, the guest-physical address.</param>
public readonly record struct SvmExit(uint Code, ulong Info, ulong Address);

namespace Bulkhead.X86.Vmx;

/// <summary>
/// What decoding an instruction always asks of the VMCS, beside RSP, RIP and RFLAGS: as it was when
/// <see cref="Vmcs.LoadState"/> read all of it in one go (Boot/Layout.h knows the order).
/// </summary>
internal struct VmxGuestState
{
    public ulong Cr3;
    /// <summary>As the CPU has it: <see cref="ControlRegisters"/>.</summary>
    public ulong Cr4;
    public ulong Efer;
    /// <summary>CS's access rights.</summary>
    public ulong CodeAccess;
}

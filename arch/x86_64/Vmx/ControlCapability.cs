namespace Bulkhead.X86.Vmx;

/// <summary>
/// A VMX control's capability MSR (SDM 3 A.3 to A.5): bits that must be set in the lower half, bits that may be in the
/// upper one.
/// </summary>
/// <param name="value">Of the MSR; of the TRUE one where IA32_VMX_BASIC bit 55 says there is one.</param>
public readonly struct ControlCapability(ulong value)
{
    private uint MustBeSet => (uint)value;
    private uint MayBeSet => (uint)(value >> 32);

    /// <summary>Both of what is needed and of what is wanted if there is any, and what the CPU insists on.</summary>
    /// <param name="needed">Bits the hypervisor cannot do without.</param>
    /// <param name="wanted">Bits that make it better.</param>
    /// <param name="controls">What to write.</param>
    /// <returns>False when a needed bit cannot be set.</returns>
    public bool TryChoose(uint needed, uint wanted, out uint controls)
    {
        controls = needed | wanted & MayBeSet | MustBeSet;
        return (needed & ~MayBeSet) == 0;
    }
}

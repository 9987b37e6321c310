namespace Bulkhead.X86.Vmx;

/// <summary>
/// A VMX control's capability MSR (SDM 3 A.3 to A.5): bits that must be set in the lower half, bits that may be in the
/// upper one.
/// </summary>
/// <param name="value">Of the MSR.</param>
public readonly struct ControlCapability(ulong value)
{
    private uint MustBeSet => (uint)value;
    private uint MayBeSet => (uint)(value >> 32);

    /// <summary>Those of these bits that the CPU cannot set.</summary>
    public uint Missing(uint needed) => needed & ~MayBeSet;

    /// <summary>What the CPU insists on beyond the bits that the hypervisor knows how to live with.</summary>
    public uint Forced(uint known) => MustBeSet & ~known;

    /// <summary>What to write: needed, wanted if there is any, and what the CPU insists on.</summary>
    public uint Choose(uint needed, uint wanted) => needed | wanted & MayBeSet | MustBeSet;
}

namespace Bulkhead.X86.Vmx;

/// <summary>A CPU's capability MSRs for the controls (SDM 3 A.3 to A.5), the TRUE ones where it has them.</summary>
public struct VmxCapabilities
{
    public ControlCapability Pin, Processor, Secondary, Exit, Entry;
}

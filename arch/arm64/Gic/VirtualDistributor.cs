namespace Bulkhead.Arm64.Gic;

/// <summary>The shared interrupts of a guest. One security state: GICD_CTLR.DS is set (IHI 0069 4.6).</summary>
public struct VirtualDistributor
{
    /// <summary>GICD_CTLR.EnableGrp0 and EnableGrp1 as masks over a bank.</summary>
    public uint Group0Mask;
    public uint Group1Mask;

    /// <summary>GICD_TYPER.</summary>
    public uint Typer;

    public SpinLock RoutingLock;
    public InterruptBanks Banks;
    public PhysicalIds Physical;

    /// <summary>The interrupts of a bank that the distributor forwards, given the bank's group word.</summary>
    public readonly uint Forwarded(uint group) => (group & Group1Mask) | (~group & Group0Mask);
}

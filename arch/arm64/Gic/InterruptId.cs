namespace Bulkhead.Arm64.Gic;

/// <summary>INTIDs with a fixed meaning (IHI 0069 2.2, DEN 0094 B for the PPIs).</summary>
public static class InterruptId
{
    public const uint FirstPpi = 16;
    public const uint FirstSpi = 32;

    /// <summary>INTIDs 1020-1023 are special.</summary>
    public const uint FirstSpecial = 1020;

    /// <summary>The special one that stands for no interrupt at all.</summary>
    public const uint None = 1023;

    /// <summary>The hypervisor's own SGI. Guests' SGIs are virtual, so all sixteen physical ones are ours.</summary>
    public const uint Kick = 15;

    /// <summary>The other one: the board stops.</summary>
    public const uint Stop = 14;

    public const uint Maintenance = 25;
    public const uint HypervisorTimer = 26;
    public const uint VirtualTimer = 27;
    public const uint PhysicalTimer = 30;
}

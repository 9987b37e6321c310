namespace Bulkhead.Arm64.Gic;

/// <summary>GICD_ICFGR's two bits per interrupt, of which the upper one means edge-triggered (IHI 0069 12.9.9).</summary>
public static class TwoBitFields
{
    /// <summary>Bit n goes to bit 2n + 1.</summary>
    public static uint Spread(uint bits)
    {
        bits &= 0xffff;
        bits = (bits | (bits << 8)) & 0x00ff00ff;
        bits = (bits | (bits << 4)) & 0x0f0f0f0f;
        bits = (bits | (bits << 2)) & 0x33333333;
        bits = (bits | (bits << 1)) & 0x55555555;
        return bits << 1;
    }

    /// <summary>Bit 2n + 1 comes to bit n.</summary>
    public static uint Gather(uint fields)
    {
        uint bits = (fields >> 1) & 0x55555555;
        bits = (bits | (bits >> 1)) & 0x33333333;
        bits = (bits | (bits >> 2)) & 0x0f0f0f0f;
        bits = (bits | (bits >> 4)) & 0x00ff00ff;
        return (bits | (bits >> 8)) & 0xffff;
    }
}

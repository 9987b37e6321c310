namespace Bulkhead.Arm64.Gic;

/// <summary>What GICD and GICR say about themselves (IHI 0069 12.1.4, 12.9.22).</summary>
public static class Identification
{
    public const uint Iidr = 0x0000_043b | ('B' << 24);
    public const uint First = 0xffd0;

    /// <summary>The identification registers from 0xFFD0 on; PIDR2 0x3B is GICv3 with Arm's identity code.</summary>
    public static uint Read(uint offset) => offset switch
    {
        0xffd0 => 0x04,
        0xffe0 => 0x92,
        0xffe4 => 0xb4,
        0xffe8 => 0x3b,
        0xfff0 => 0x0d,
        0xfff4 => 0xf0,
        0xfff8 => 0x05,
        0xfffc => 0xb1,
        _ => 0,
    };
}

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// The bit-per-interrupt registers, by offset / 0x80; the same in GICD and in GICR's SGI_base frame
/// (IHI 0069 12.8 and 12.10).
/// </summary>
public enum RegisterBank : uint
{
    Control = 0,
    Igroupr = 1,
    Isenabler = 2,
    Icenabler = 3,
    Ispendr = 4,
    Icpendr = 5,
    Isactiver = 6,
    Icactiver = 7,
}

using System;

namespace Bulkhead.Arm64.Registers;

/// <summary>Features that the trap configuration depends on, by their names in DDI 0487 A2.</summary>
[Flags]
public enum CpuFeature
{
    None = 0,
    Ras = 1,
    AmuV1 = 2,
    Mte2 = 4,
    Nmi = 8,
    PmuV3 = 16,
    Spe = 32,
    Trf = 64,
    PAuth = 128,
    Fgt = 256,
    Fgt2 = 512,
    Lor = 1024,
    Hcx = 2048,
}

using System;

namespace Bulkhead.Arm64.Memory;

/// <summary>ID_AA64MMFR0_EL1.PARange as the PS fields of TCR_EL2 and VTCR_EL2 take it (DDI 0487 D8.1.6).</summary>
public readonly struct PhysicalAddressSize
{
    private const ulong ParangeMask = 0xf;
    /// <summary>48 bits: all that the 4 KiB granule reaches without FEAT_LPA2.</summary>
    private const ulong Largest = 5;

    private const ulong BitsOfField = 32 | 36ul << 8 | 40ul << 16 | 42ul << 24 | 44ul << 32 | 48ul << 40;

    private readonly ulong _field;

    public PhysicalAddressSize(ulong idAa64Mmfr0) => _field = Math.Min(idAa64Mmfr0 & ParangeMask, Largest);

    public ulong Field => _field;

    /// <summary>32, 36, 40, 42, 44 or 48.</summary>
    public int Bits => (int)(BitsOfField >> (int)(8 * _field) & 0xff);
}

using System;

namespace Bulkhead.Arm64.Memory;

/// <summary>VTCR_EL2 (DDI 0487 D24.2.207).</summary>
internal readonly struct VtcrEl2(ulong value)
{
    private const ulong Res1 = 1ul << 31;
    private const ulong Irgn0WriteBack = 1ul << 8;
    private const ulong Orgn0WriteBack = 1ul << 10;
    private const ulong Sh0Inner = 3ul << 12;
    private const ulong Sl0Level1 = 1ul << 6;
    private const int Ps = 16;

    public readonly ulong Value = value;

    /// <summary>
    /// 4 KiB granule, start level 1, cacheable and inner shareable walks, 8-bit VMIDs. No more input bits than the CPU
    /// has physical ones: a larger size faults on every access (D8.2.8). The tables stay the same.
    /// </summary>
    public static VtcrEl2 For(PhysicalAddressSize size) =>
        new(Res1 | size.Field << Ps | Sh0Inner | Orgn0WriteBack | Irgn0WriteBack | Sl0Level1 | (uint)(64 - InputBits(size)));

    /// <summary>Bits of a guest physical address.</summary>
    public static int InputBits(PhysicalAddressSize size) => Math.Min(Vmsav8Format.MostInputBits, size.Bits);
}

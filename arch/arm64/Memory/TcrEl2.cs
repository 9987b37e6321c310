namespace Bulkhead.Arm64.Memory;

/// <summary>TCR_EL2 with HCR_EL2.E2H = 0 (DDI 0487 D24.2.190).</summary>
internal readonly struct TcrEl2(ulong value)
{
    private const ulong Res1 = 1ul << 31 | 1ul << 23;
    private const ulong Irgn0WriteBack = 1ul << 8;
    private const ulong Orgn0WriteBack = 1ul << 10;
    private const ulong Sh0Inner = 3ul << 12;
    private const int Ps = 16;

    public readonly ulong Value = value;

    /// <summary>4 KiB granule (TG0 0), cacheable and inner shareable walks.</summary>
    public static TcrEl2 For(PhysicalAddressSize size) =>
        new(Res1 | size.Field << Ps | Sh0Inner | Orgn0WriteBack | Irgn0WriteBack | (64 - Vmsav8Format.MostInputBits));
}

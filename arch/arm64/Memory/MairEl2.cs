namespace Bulkhead.Arm64.Memory;

/// <summary>MAIR_EL2: the memory types that AttrIndx chooses from (DDI 0487 D24.2.116).</summary>
internal readonly struct MairEl2(ulong value)
{
    public const int DeviceIndex = 0;
    public const int NormalIndex = 1;
    public const int NonCacheableIndex = 2;

    private const ulong DeviceNGnRE = 0x04;
    private const ulong NormalWriteBack = 0xff;
    private const ulong NormalNonCacheable = 0x44;

    public readonly ulong Value = value;

    public static MairEl2 Host => new(
        DeviceNGnRE << 8 * DeviceIndex | NormalWriteBack << 8 * NormalIndex | NormalNonCacheable << 8 * NonCacheableIndex);
}

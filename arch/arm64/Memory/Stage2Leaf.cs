using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>What a block or page of a guest's stage 2 tables says (DDI 0487 D8.3.1.2; HCR_EL2.FWB = 0, so MemAttr is D8.6.2's).</summary>
internal static class Stage2Leaf
{
    private const ulong NormalWriteBack = 0xful << 2;
    private const ulong NormalNonCacheable = 0x5ul << 2;
    private const ulong DeviceNGnRE = 0x1ul << 2;
    private const ulong MemAttr = 0xful << 2;
    private const int S2Ap = 6;

    public static bool Allows(MapAttributes attributes) =>
        (attributes & (MapAttributes.Read | MapAttributes.Write)) != 0
        && ((attributes & MapAttributes.Device) == 0 || (attributes & (MapAttributes.Execute | MapAttributes.NonCacheable)) == 0);

    public static ulong Encode(MapAttributes attributes)
    {
        ulong bits = (attributes & MapAttributes.Device) != 0 ? DeviceNGnRE
            : Vmsav8Format.InnerShareable | ((attributes & MapAttributes.NonCacheable) != 0 ? NormalNonCacheable : NormalWriteBack);
        // Read and write in one step: they stand side by side in the same order.
        bits |= (ulong)(attributes & (MapAttributes.Read | MapAttributes.Write)) << S2Ap;
        if ((attributes & MapAttributes.Execute) == 0)
            bits |= Vmsav8Format.ExecuteNever;
        return bits;
    }

    public static MapAttributes Decode(ulong entry)
    {
        MapAttributes attributes = (entry & MemAttr) switch
        {
            DeviceNGnRE => MapAttributes.Device,
            NormalNonCacheable => MapAttributes.NonCacheable,
            _ => MapAttributes.None,
        };
        attributes |= (MapAttributes)(entry >> S2Ap) & (MapAttributes.Read | MapAttributes.Write);
        if ((entry & Vmsav8Format.ExecuteNever) == 0)
            attributes |= MapAttributes.Execute;
        return attributes;
    }
}

using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>
/// What a block or page of the hypervisor's own tables says, in the EL2 regime with HCR_EL2.E2H = 0: one range of addresses, one privilege level
/// (DDI 0487 D8.3.1.1). Nothing is both writable and executable.
/// </summary>
internal static class Stage1El2Leaf
{
    private const int AttrIndx = 2;
    private const ulong AttrIndxMask = 7ul << AttrIndx;
    /// <summary>AP[1]: RES1 where there is no EL0 (D8.4.1).</summary>
    private const ulong Ap1 = 1ul << 6;
    private const ulong Ap2ReadOnly = 1ul << 7;

    public static bool Allows(MapAttributes attributes)
    {
        if ((attributes & MapAttributes.Read) == 0)
            return false;
        if ((attributes & MapAttributes.Device) != 0)
            return (attributes & (MapAttributes.Execute | MapAttributes.NonCacheable)) == 0;
        return (attributes & (MapAttributes.Write | MapAttributes.Execute)) != (MapAttributes.Write | MapAttributes.Execute);
    }

    public static ulong Encode(MapAttributes attributes)
    {
        ulong bits = Ap1;
        if ((attributes & MapAttributes.Device) != 0)
            bits |= (ulong)MairEl2.DeviceIndex << AttrIndx;
        else
            bits |= Vmsav8Format.InnerShareable | (ulong)((attributes & MapAttributes.NonCacheable) != 0 ? MairEl2.NonCacheableIndex : MairEl2.NormalIndex) << AttrIndx;
        if ((attributes & MapAttributes.Write) == 0)
            bits |= Ap2ReadOnly;
        if ((attributes & MapAttributes.Execute) == 0)
            bits |= Vmsav8Format.ExecuteNever;
        return bits;
    }

    public static MapAttributes Decode(ulong entry)
    {
        MapAttributes attributes = MapAttributes.Read | (MairEl2Index(entry) switch
        {
            MairEl2.DeviceIndex => MapAttributes.Device,
            MairEl2.NonCacheableIndex => MapAttributes.NonCacheable,
            _ => MapAttributes.None,
        });
        if ((entry & Ap2ReadOnly) == 0)
            attributes |= MapAttributes.Write;
        if ((entry & Vmsav8Format.ExecuteNever) == 0)
            attributes |= MapAttributes.Execute;
        return attributes;
    }

    private static int MairEl2Index(ulong entry) => (int)((entry & AttrIndxMask) >> AttrIndx);
}

using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>
/// The hypervisor's own tables, of the EL2 regime with HCR_EL2.E2H = 0: one range of addresses, one privilege level
/// (DDI 0487 D8.3.1.1). Nothing is both writable and executable.
/// </summary>
public struct Stage1El2Format : IPageTableFormat
{
    private const int AttrIndx = 2;
    private const ulong AttrIndxMask = 7ul << AttrIndx;
    /// <summary>AP[1]: RES1 where there is no EL0 (D8.4.1).</summary>
    private const ulong Ap1 = 1ul << 6;
    private const ulong Ap2ReadOnly = 1ul << 7;

    public static int InputBits => Vmsav8.InputBits;
    public static int OutputBits => Vmsav8.OutputBits;
    public static int LastLevel => Vmsav8.LastLevel;
    public static int ShiftOf(int level) => Vmsav8.ShiftOf(level);
    public static bool HasBlocks(int level) => true;

    public static bool Allows(MapAttributes attributes)
    {
        if ((attributes & MapAttributes.Read) == 0)
            return false;
        if ((attributes & MapAttributes.Device) != 0)
            return (attributes & (MapAttributes.Execute | MapAttributes.NonCacheable)) == 0;
        return (attributes & (MapAttributes.Write | MapAttributes.Execute)) != (MapAttributes.Write | MapAttributes.Execute);
    }

    public static bool IsValid(ulong entry, int level) => Vmsav8.IsValid(entry);
    public static bool IsTable(ulong entry, int level) => Vmsav8.IsTable(entry, level);
    public static ulong MakeTable(HostPhys table, int level) => Vmsav8.MakeTable(table);
    public static HostPhys AddressOf(ulong entry, int level) => Vmsav8.AddressOf(entry);

    public static ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level)
    {
        ulong bits = Ap1;
        if ((attributes & MapAttributes.Device) != 0)
            bits |= (ulong)MairEl2.DeviceIndex << AttrIndx;
        else
            bits |= Vmsav8.InnerShareable | (ulong)((attributes & MapAttributes.NonCacheable) != 0 ? MairEl2.NonCacheableIndex : MairEl2.NormalIndex) << AttrIndx;
        if ((attributes & MapAttributes.Write) == 0)
            bits |= Ap2ReadOnly;
        if ((attributes & MapAttributes.Execute) == 0)
            bits |= Vmsav8.ExecuteNever;
        return Vmsav8.MakeLeaf(output, bits, level);
    }

    public static MapAttributes AttributesOf(ulong entry, int level)
    {
        MapAttributes attributes = MapAttributes.Read | (MairEl2Index(entry) switch
        {
            MairEl2.DeviceIndex => MapAttributes.Device,
            MairEl2.NonCacheableIndex => MapAttributes.NonCacheable,
            _ => MapAttributes.None,
        });
        if ((entry & Ap2ReadOnly) == 0)
            attributes |= MapAttributes.Write;
        if ((entry & Vmsav8.ExecuteNever) == 0)
            attributes |= MapAttributes.Execute;
        return attributes;
    }

    private static int MairEl2Index(ulong entry) => (int)((entry & AttrIndxMask) >> AttrIndx);
}

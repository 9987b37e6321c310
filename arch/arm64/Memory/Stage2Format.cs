using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>A guest's stage 2 tables (DDI 0487 D8.3.1.2; HCR_EL2.FWB = 0, so MemAttr is D8.6.2's).</summary>
public struct Stage2Format : IPageTableFormat
{
    private const ulong NormalWriteBack = 0xful << 2;
    private const ulong NormalNonCacheable = 0x5ul << 2;
    private const ulong DeviceNGnRE = 0x1ul << 2;
    private const ulong MemAttr = 0xful << 2;
    private const ulong S2ApRead = 1ul << 6;
    private const ulong S2ApWrite = 1ul << 7;

    public static int InputBits => Vmsav8.InputBits;
    public static int OutputBits => Vmsav8.OutputBits;
    public static int LastLevel => Vmsav8.LastLevel;
    public static int ShiftOf(int level) => Vmsav8.ShiftOf(level);
    public static bool HasBlocks(int level) => true;

    public static bool Allows(MapAttributes attributes) =>
        (attributes & (MapAttributes.Read | MapAttributes.Write)) != 0
        && ((attributes & MapAttributes.Device) == 0 || (attributes & (MapAttributes.Execute | MapAttributes.NonCacheable)) == 0);

    public static bool IsValid(ulong entry, int level) => Vmsav8.IsValid(entry);
    public static bool IsTable(ulong entry, int level) => Vmsav8.IsTable(entry, level);
    public static ulong MakeTable(HostPhys table, int level) => Vmsav8.MakeTable(table);
    public static HostPhys AddressOf(ulong entry, int level) => Vmsav8.AddressOf(entry);

    public static ulong MakeLeaf(HostPhys output, MapAttributes attributes, int level)
    {
        ulong bits = (attributes & MapAttributes.Device) != 0 ? DeviceNGnRE
            : Vmsav8.InnerShareable | ((attributes & MapAttributes.NonCacheable) != 0 ? NormalNonCacheable : NormalWriteBack);
        if ((attributes & MapAttributes.Read) != 0)
            bits |= S2ApRead;
        if ((attributes & MapAttributes.Write) != 0)
            bits |= S2ApWrite;
        if ((attributes & MapAttributes.Execute) == 0)
            bits |= Vmsav8.ExecuteNever;
        return Vmsav8.MakeLeaf(output, bits, level);
    }

    public static MapAttributes AttributesOf(ulong entry, int level)
    {
        MapAttributes attributes = (entry & MemAttr) switch
        {
            DeviceNGnRE => MapAttributes.Device,
            NormalNonCacheable => MapAttributes.NonCacheable,
            _ => MapAttributes.None,
        };
        if ((entry & S2ApRead) != 0)
            attributes |= MapAttributes.Read;
        if ((entry & S2ApWrite) != 0)
            attributes |= MapAttributes.Write;
        if ((entry & Vmsav8.ExecuteNever) == 0)
            attributes |= MapAttributes.Execute;
        return attributes;
    }
}

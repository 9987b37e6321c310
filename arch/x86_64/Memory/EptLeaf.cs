using Bulkhead.Memory;

namespace Bulkhead.X86.Memory;

/// <summary>
/// What an entry of extended tables says (SDM 3 28.3.2, tables 28-1 to 28-7; memory types 28.3.7.2). Always readable:
/// writable without readable is a misconfiguration, executable alone an option of some CPUs. EPTP leaves accessed and
/// dirty flags off. A guest's PAT combines with the type of RAM; a device is UC whatever the PAT says.
/// </summary>
internal static class EptLeaf
{
    /// <summary>Of a table's entry: read, write, execute.</summary>
    public const ulong Table = Read | Write | Execute;

    private const ulong Read = 1ul << 0;
    private const ulong Write = 1ul << 1;
    private const ulong Execute = 1ul << 2;
    private const ulong Uncacheable = 0ul << 3;
    private const ulong WriteCombining = 1ul << 3;
    private const ulong WriteBack = 6ul << 3;
    private const ulong MemoryType = 7ul << 3;
    private const ulong IgnorePat = 1ul << 6;

    public static ulong Encode(MapAttributes attributes)
    {
        ulong bits = Read;
        if ((attributes & MapAttributes.Write) != 0)
            bits |= Write;
        if ((attributes & MapAttributes.Execute) != 0)
            bits |= Execute;
        if ((attributes & MapAttributes.Device) != 0)
            return bits | Uncacheable | IgnorePat;
        return bits | ((attributes & MapAttributes.NonCacheable) != 0 ? WriteCombining : WriteBack);
    }

    public static MapAttributes Decode(ulong entry)
    {
        MapAttributes attributes = MapAttributes.Read | (entry & MemoryType) switch
        {
            WriteBack => MapAttributes.None,
            WriteCombining => MapAttributes.NonCacheable,
            _ => MapAttributes.Device,
        };
        if ((entry & Write) != 0)
            attributes |= MapAttributes.Write;
        if ((entry & Execute) != 0)
            attributes |= MapAttributes.Execute;
        return attributes;
    }
}

using Bulkhead.Memory;

namespace Bulkhead.X86.Memory;

/// <summary>
/// What an entry of long-mode tables says (SDM 3 4.5.4, APM 2 5.3.3). Accessed and dirty are set from the start: no
/// walk ever writes into a table. Memory types are those of the PAT that Host/CpuSetup.cs loads, its power-on value
/// (APM 2 7.8.2): entry 0 write-back, 2 UC-, 3 UC. A guest's PAT may still turn a device's UC into write-combining.
/// </summary>
internal static class LongModeLeaf
{
    /// <summary>Needed at every level of nested tables: their walks are a user's (APM 2 15.25.5).</summary>
    public const ulong User = 1ul << 2;
    /// <summary>Of a table's entry.</summary>
    public const ulong Table = Present | Writable | Accessed;

    private const ulong Present = 1ul << 0;
    private const ulong Writable = 1ul << 1;
    private const ulong WriteThrough = 1ul << 3;
    private const ulong CacheDisable = 1ul << 4;
    private const ulong Accessed = 1ul << 5;
    private const ulong Dirty = 1ul << 6;
    private const ulong NoExecute = 1ul << 63;
    private const ulong Uncacheable = CacheDisable | WriteThrough;

    public static ulong Encode(MapAttributes attributes)
    {
        ulong bits = Present | Accessed | Dirty;
        if ((attributes & MapAttributes.Write) != 0)
            bits |= Writable;
        if ((attributes & MapAttributes.Execute) == 0)
            bits |= NoExecute;
        if ((attributes & MapAttributes.Device) != 0)
            bits |= Uncacheable;
        if ((attributes & MapAttributes.NonCacheable) != 0)
            bits |= CacheDisable;
        return bits;
    }

    public static MapAttributes Decode(ulong entry)
    {
        MapAttributes attributes = MapAttributes.Read | (entry & Uncacheable) switch
        {
            0 => MapAttributes.None,
            CacheDisable => MapAttributes.NonCacheable,
            _ => MapAttributes.Device,
        };
        if ((entry & Writable) != 0)
            attributes |= MapAttributes.Write;
        if ((entry & NoExecute) == 0)
            attributes |= MapAttributes.Execute;
        return attributes;
    }
}

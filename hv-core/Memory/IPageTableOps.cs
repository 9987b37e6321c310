namespace Bulkhead.Memory;

/// <summary>
/// How one translation regime's tables are reached and maintained. A regime whose walks are coherent and in order
/// leaves what it does not need empty. The value names the context (a VMID, an EPTP) where the invalidation needs it.
/// </summary>
public interface IPageTableOps
{
    /// <summary>An entry by its physical address; one access of 64 bits.</summary>
    ulong Read(HostPhys entry);
    void Write(HostPhys entry, ulong value);
    void ZeroPage(HostPhys page);

    /// <summary>Written entries leave the caches, for walks that do not look into them.</summary>
    void Clean(HostPhys start, ulong bytes);

    /// <summary>Walks of every CPU see what was written (and cleaned) before: DSB ISHST.</summary>
    void CompleteWrites();

    /// <summary>No CPU will use what it remembers of the leaf that translates this address.</summary>
    void Invalidate(ulong input);

    /// <summary>The same for everything this table translates, and for its inner tables.</summary>
    void InvalidateAll();

    /// <summary>Waits until every CPU is done with what was invalidated: DSB ISH.</summary>
    void CompleteInvalidation();

    /// <summary>The instructions that follow run under the new tables: ISB.</summary>
    void Synchronize();
}

namespace Bulkhead.Memory;

/// <summary>
/// How one translation regime's tables are reached and maintained. A regime whose walks are coherent and in order
/// leaves what it does not need empty.
/// </summary>
public interface IPageTableOps
{
    /// <summary>An entry by its physical address; one access of 64 bits.</summary>
    static abstract ulong Read(HostPhys entry);
    static abstract void Write(HostPhys entry, ulong value);
    static abstract void ZeroPage(HostPhys page);

    /// <summary>Written entries leave the caches, for walks that do not look into them.</summary>
    static abstract void Clean(HostPhys start, ulong bytes);

    /// <summary>Walks of every CPU see what was written (and cleaned) before: DSB ISHST.</summary>
    static abstract void CompleteWrites();

    /// <summary>No CPU will use what it remembers of the leaf that translates this address.</summary>
    static abstract void Invalidate(ulong input);

    /// <summary>The same for everything this table translates, and for its inner tables.</summary>
    static abstract void InvalidateAll();

    /// <summary>Waits until every CPU is done with what was invalidated: DSB ISH.</summary>
    static abstract void CompleteInvalidation();

    /// <summary>The instructions that follow run under the new tables: ISB.</summary>
    static abstract void Synchronize();
}

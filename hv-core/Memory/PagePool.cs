namespace Bulkhead.Memory;

/// <summary>
/// Pages for tables: handed out in order from a region, then again from those given back, which are chained through
/// their first words. Not for two CPUs at a time. A pool may serve tables of several formats: ops only reaches the pages.
/// </summary>
public struct PagePool(HostPhys start, ulong pages)
{
    public const ulong PageSize = 4096;

    private HostPhys _next = start;
    private readonly HostPhys _end = start + pages * PageSize;
    // Last page given back; 0: none. Page 0 of a board is never a pool's.
    private HostPhys _free;

    /// <summary>Pages in use.</summary>
    public ulong Taken { get; private set; }

    /// <summary>A page of zeroes, visible to walks after the next CompleteWrites.</summary>
    public bool TryTake<TOps>(TOps ops, out HostPhys page) where TOps : struct, IPageTableOps
    {
        page = _free;
        if (page.Value == 0)
            return TryTakeRange(ops, 1, out page);
        _free = new HostPhys(ops.Read(page));
        Taken++;
        Clear(ops, page);
        return true;
    }

    /// <summary>Pages of zeroes side by side: never of those given back.</summary>
    public bool TryTakeRange<TOps>(TOps ops, ulong pages, out HostPhys start) where TOps : struct, IPageTableOps
    {
        start = _next;
        if (pages > (_end - _next) / PageSize)
            return false;
        for (ulong i = 0; i < pages; i++, _next += PageSize)
            Clear(ops, _next);
        Taken += pages;
        return true;
    }

    /// <summary>No walk may reach the page any more.</summary>
    public void Give<TOps>(TOps ops, HostPhys page) where TOps : struct, IPageTableOps
    {
        Chain(ops, page);
        Taken--;
    }

    /// <summary>More pages, as if they had been given back.</summary>
    public void Add<TOps>(TOps ops, HostPhys start, ulong pages) where TOps : struct, IPageTableOps
    {
        for (ulong i = pages; i != 0; i--)
            Chain(ops, start + (i - 1) * PageSize);
    }

    private static void Clear<TOps>(TOps ops, HostPhys page) where TOps : struct, IPageTableOps
    {
        ops.ZeroPage(page);
        ops.Clean(page, PageSize);
    }

    private void Chain<TOps>(TOps ops, HostPhys page) where TOps : struct, IPageTableOps
    {
        ops.Write(page, _free.Value);
        _free = page;
    }
}

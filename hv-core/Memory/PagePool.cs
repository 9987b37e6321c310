namespace Bulkhead.Memory;

/// <summary>
/// Pages for tables: handed out in order from a region, then again from those given back, which are chained through
/// their first words. Not for two CPUs at a time.
/// </summary>
public struct PagePool<TOps>(HostPhys start, ulong pages)
    where TOps : struct, IPageTableOps
{
    public const ulong PageSize = 4096;

    private HostPhys _next = start;
    private readonly HostPhys _end = start + pages * PageSize;
    // Last page given back; 0: none. Page 0 of a board is never a pool's.
    private HostPhys _free;

    /// <summary>Pages in use.</summary>
    public ulong Taken { get; private set; }

    /// <summary>A page of zeroes, visible to walks after the next CompleteWrites.</summary>
    public bool TryTake(out HostPhys page)
    {
        page = _free;
        if (page.Value != 0)
            _free = new HostPhys(TOps.Read(page));
        else
        {
            page = _next;
            if (page == _end)
                return false;
            _next = page + PageSize;
        }
        Taken++;
        TOps.ZeroPage(page);
        TOps.Clean(page, PageSize);
        return true;
    }

    /// <summary>No walk may reach the page any more.</summary>
    public void Give(HostPhys page)
    {
        TOps.Write(page, _free.Value);
        _free = page;
        Taken--;
    }
}

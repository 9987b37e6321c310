namespace Bulkhead.Memory;

public enum PageTableStatus
{
    Ok,
    /// <summary>The pool is empty. What was changed so far stands; every address translates as before or as asked.</summary>
    OutOfPages,
    /// <summary>An address or a length is not a multiple of the page size.</summary>
    Misaligned,
    /// <summary>The range leaves the input or the output address space.</summary>
    OutOfRange,
    /// <summary>The format has no such mapping, or must not.</summary>
    BadAttributes,
}

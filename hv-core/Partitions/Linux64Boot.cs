namespace Bulkhead.Partitions;

/// <summary>Where a package for Linux's 64-bit boot protocol keeps what the CPU needs at its entry.</summary>
public static class Linux64Boot
{
    /// <summary>The page that CR3 gets, from the boot information (boot_params, one page): four levels that map memory to itself.</summary>
    public const ulong TablesOffset = 0x1000;
}

using System;
using Bulkhead.Memory;

namespace Bulkhead.X86.Host;

/// <summary>
/// Pages of the hypervisor's own RAM, handed out at boot only: what is left of its 2 MiB behind the CPU blocks. The boot
/// CPU alone takes from it, before the others run.
/// </summary>
internal static class Pool
{
    private static PagePool _pages;
    private static ulong _heldBefore;

    public static ref PagePool Pages => ref _pages;

    /// <summary>Bytes of RAM the hypervisor holds: image, CPU blocks and pages taken.</summary>
    public static ulong Held => _heldBefore + _pages.Taken * PagePool.PageSize;

    public static void Initialize()
    {
        ulong start = Instruction.AddressOfPool() + PagePool.PageSize - 1 & ~(PagePool.PageSize - 1);
        _heldBefore = start - HypervisorLayout.VirtualBase;
        _pages = new PagePool(HypervisorLayout.ToPhysical(start), (HypervisorLayout.Size - _heldBefore) / PagePool.PageSize);
    }

    /// <summary>The blocks of CPUs that the board does not have become pages.</summary>
    public static void UseCpuBlocksFrom(int cpuCount)
    {
        ulong bytes = (ulong)(HypervisorLayout.MaxCpus - cpuCount) * HypervisorLayout.CpuBlockSize;
        _pages.Add(default(HostTableOps), HypervisorLayout.ToPhysical(CpuBlocks.StartOf(cpuCount)), bytes / PagePool.PageSize);
        _heldBefore -= bytes;
    }

    /// <summary>Zeroed pages for one of these.</summary>
    public static unsafe ref T Take<T>() where T : unmanaged =>
        ref *(T*)Take(((ulong)sizeof(T) + PagePool.PageSize - 1) / PagePool.PageSize);

    /// <summary>Virtual address of zeroed, contiguous pages. Too few left is an error of the board file: a bug here.</summary>
    public static ulong Take(ulong pages)
    {
        HostPhys start;
        bool taken = pages == 1 ? _pages.TryTake(default(HostTableOps), out start) : _pages.TryTakeRange(default(HostTableOps), pages, out start);
        if (!taken)
            Bug.Stop(BugKind.Assertion);
        return HypervisorLayout.ToVirtual(start);
    }
}

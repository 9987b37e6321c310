using System;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Pages of the hypervisor's own RAM, handed out at boot only: what is left of its 2 MiB behind the CPU blocks, and
/// the blocks of CPUs that the board does not have. The boot CPU alone takes from it, before the others run.
/// </summary>
internal static class HypervisorPages
{
    private static PagePool _pool;
    private static ulong _cpuBlocksEnd;

    /// <summary>What page tables take their inner tables from.</summary>
    public static ref PagePool Pool => ref _pool;

    /// <summary>Bytes of RAM the hypervisor holds: image, CPU blocks and pages taken.</summary>
    public static ulong Held => _cpuBlocksEnd - HypervisorLayout.VirtualBase + _pool.Taken * PagePool.PageSize;

    /// <summary>Until the table says how many CPUs there are, all CPU blocks are kept.</summary>
    public static void Initialize()
    {
        _cpuBlocksEnd = CpuBlocks.StartOf(HypervisorLayout.MaxCpus);
        ulong bytes = HypervisorLayout.VirtualBase + HypervisorLayout.Size - _cpuBlocksEnd;
        _pool = new PagePool(HypervisorLayout.ToPhysical(_cpuBlocksEnd), bytes / PagePool.PageSize);
    }

    /// <summary>The blocks of CPUs that the board does not have become pages.</summary>
    public static void UseCpuBlocksFrom(int cpuCount)
    {
        ulong end = _cpuBlocksEnd;
        _cpuBlocksEnd = CpuBlocks.StartOf(cpuCount);
        _pool.Add(TableOps.El2, HypervisorLayout.ToPhysical(_cpuBlocksEnd), (end - _cpuBlocksEnd) / PagePool.PageSize);
    }

    /// <summary>Zeroed pages for one of these. Too few left is a build error of the board file: a bug here.</summary>
    public static unsafe ref T Take<T>() where T : unmanaged =>
        ref *(T*)Take(((ulong)sizeof(T) + PagePool.PageSize - 1) / PagePool.PageSize);

    /// <summary>A root for translation tables.</summary>
    public static HostPhys TakeRoot()
    {
        if (!_pool.TryTake(TableOps.El2, out HostPhys root))
            Bug.Stop(BugKind.Assertion);
        return root;
    }

    private static ulong Take(ulong pages)
    {
        if (!_pool.TryTakeRange(TableOps.El2, pages, out HostPhys start))
            Bug.Stop(BugKind.Assertion);
        return HypervisorLayout.ToVirtual(start);
    }
}
